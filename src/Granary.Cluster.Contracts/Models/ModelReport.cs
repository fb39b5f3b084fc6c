namespace Granary.Cluster.Models;

/// <summary>Predictions and outcomes of a model's replica on one silo since its last report.</summary>
/// <param name="Replica">Identifies the replica: the silo's address.</param>
/// <param name="Sequence">Increases with each report of the replica.</param>
/// <param name="Counts">Predictions of batches and of the HTTP API.</param>
/// <param name="Events">Predictions of live sessions and their outcomes; the predictions of a source in the order of their time, and its
/// outcomes too.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelReport")]
internal sealed record ModelReport([property: Id(0)] string Replica, [property: Id(1)] long Sequence,
    [property: Id(2)] IReadOnlyList<PredictionCount> Counts, [property: Id(3)] IReadOnlyList<PredictionEvent> Events);

/// <param name="Predictions">Number of predictions.</param>
/// <param name="Failed">Number of predictions that were NaN or infinite.</param>
[GenerateSerializer, Immutable, Alias("granary.PredictionCount")]
internal sealed record PredictionCount([property: Id(0)] int Version, [property: Id(1)] long Predictions, [property: Id(2)] long Failed);

/// <summary>A prediction of a live session, or its outcome: a <see cref="Granary.Modelling.Learning.ModelEvent"/> of a version.</summary>
/// <param name="Time">UTC ticks.</param>
/// <param name="Outcome">NaN if the event is a prediction.</param>
[GenerateSerializer, Immutable, Alias("granary.PredictionEvent")]
internal sealed record PredictionEvent([property: Id(0)] int Version, [property: Id(1)] string Source, [property: Id(2)] string Subject,
    [property: Id(3)] long Time, [property: Id(4)] double Prediction, [property: Id(5)] double Outcome, [property: Id(6)] double[] Row);
