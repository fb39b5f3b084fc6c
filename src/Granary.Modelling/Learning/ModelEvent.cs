namespace Granary.Modelling.Learning;

/// <summary>A prediction of a live session, or its outcome.</summary>
/// <param name="Source">The account and the strategy, as account/strategy.</param>
/// <param name="Subject">Identifies the event among those of its source at one time.</param>
/// <param name="Time">Close of the bar at which it was made or its outcome was known, UTC ticks. The predictions of a source come in its
/// order, and the outcomes too.</param>
/// <param name="Prediction">NaN where the model gave no number.</param>
/// <param name="Outcome">The label that came; NaN in the event of a prediction.</param>
/// <param name="Row">What the model was given; empty in the event of a prediction.</param>
public sealed record ModelEvent(string Source, string Subject, long Time, double Prediction, double Outcome, IReadOnlyList<double> Row);
