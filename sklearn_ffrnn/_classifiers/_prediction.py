"""Predictions of a fitted classifier."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._input import Ragged, check_input
from .._scoring import Calibration, layer_scores, stage_scores, to_probabilities
from ..nn import Network
from ._precision import weight_dtype


class PredictionMixin:
    """Methods of the classifiers that predict, and one that exports the prediction."""

    dtype: str
    classes_: np.ndarray
    n_features_in_: int
    network_: Network
    _calibrations: list[Calibration]

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the calibrated log-odds.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
            With two classes, the log-odds of ``classes_[1]``. With more, the log-probabilities up
            to one constant for each sample.
        """
        scores = self._scores(X)
        return self._calibrations[-1].logits(scores[:, -1])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Probabilities in the order of ``classes_``.
        """
        return to_probabilities(self.decision_function(X))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Class labels.
        """
        decision = self.decision_function(X)
        chosen = (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)
        return self.classes_[chosen]

    def to_onnx(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted classifier to an ONNX file, which predicts without torch or Python.

        The graph computes the same as :meth:`predict_proba`, normalization and calibration
        included, in single precision. Its probabilities differ by rounding alone, which is coarser
        here with ``dtype="mixed_bfloat16"``. It uses only standard operators of ONNX (opset 17 at
        most). Its inputs are

        - ``steps``, float32 (n_sequences, n_steps, n_channels): sequences, padded with any values
          to one length. Both numbers are free. A row of a plain table is a sequence of one step.
        - ``lengths``, int64 (n_sequences,): number of steps of each sequence, at least 1.

        Its output is ``probabilities``, float64 (n_sequences, n_classes), in the order of
        ``classes_``, which the metadata of the file hold as JSON. The graph does not check its
        input. It does not contain the steps of a pipeline before the classifier. Compute its inputs
        with them: ``steps = pipeline[:-1].transform(X)``, padded with NaN, and
        ``lengths = (~np.isnan(steps[:, :, 0])).sum(axis=1)``.

        Parameters
        ----------
        path : str or path-like
            Path of the file, usually ``*.onnx``.

        Raises
        ------
        ImportError
            If the package onnx or spox is missing.

        See Also
        --------
        sklearn_ffrnn.export.to_onnx : A whole pipeline, from recorded points on.

        Examples
        --------
        >>> import tempfile, numpy as np, onnxruntime
        >>> from sklearn_ffrnn import FFRNNClassifier
        >>> rng = np.random.default_rng(0)
        >>> y = np.arange(60) % 2
        >>> X = rng.normal(size=(60, 10, 2)) * (1 + 2 * y)[:, None, None]
        >>> clf = FFRNNClassifier(hidden_layer_sizes=(16, 16), max_iter=5, random_state=0).fit(X, y)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     clf.to_onnx(f"{folder}/model.onnx")
        ...     session = onnxruntime.InferenceSession(f"{folder}/model.onnx")
        >>> inputs = {"steps": X.astype(np.float32), "lengths": np.full(60, 10)}
        >>> (probabilities,) = session.run(None, inputs)
        >>> bool(np.allclose(probabilities, clf.predict_proba(X), atol=1e-5))
        True
        """
        check_is_fitted(self)
        from .._onnx import write_classifier  # needs optional packages

        write_classifier(
            path, self.network_, self._calibrations[-1], self.classes_, self.n_features_in_
        )

    def _check_prediction_data(self, X: Any) -> Ragged:
        check_is_fitted(self)
        return check_input(self, X, dtype=weight_dtype(self.dtype), reset=False)

    def _scores(self, X: Any) -> np.ndarray:
        """Return the scores after each stage: (n, n_stages[, n_classes])."""
        sequences = self._check_prediction_data(X)
        return stage_scores(self.network_, layer_scores(self.network_, sequences))
