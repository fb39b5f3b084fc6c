namespace Granary.Modelling.Learning;

/// <summary>A prediction of a live session, or the outcome of one.</summary>
/// <param name="Source">Account and strategy, as account/strategy.</param>
/// <param name="Subject">Identifies the event among its source's events at one time.</param>
/// <param name="Time">
/// Close of the bar at which the prediction was made or its outcome was known, UTC ticks. A source sends its predictions in this order, and
/// also its outcomes.
/// </param>
/// <param name="Prediction">NaN if the model made no prediction.</param>
/// <param name="Outcome">Actual label; NaN in a prediction event.</param>
/// <param name="Row">Input of the model; empty in a prediction event.</param>
internal sealed record ModelEvent(string Source, string Subject, long Time, double Prediction, double Outcome, IReadOnlyList<double> Row);
