namespace Granary.Cluster.Batches;

/// <summary>A submission on its way to the grain that will see it through.</summary>
/// <param name="Text">The batch file's own bytes.</param>
/// <param name="File">Its name, for faults.</param>
/// <param name="Folder">What relative paths in it are relative to, on every silo.</param>
[GenerateSerializer, Immutable, Alias("granary.BatchOrder")]
public sealed record BatchOrder(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] byte[] Text,
    [property: Id(3)] string File,
    [property: Id(4)] string Folder,
    [property: Id(5)] string SubmittedBy,
    [property: Id(6)] DateTimeOffset SubmittedAt,
    [property: Id(7)] string? IdempotencyKey);

/// <summary>All that a silo needs to make the same plan of a batch as every other.</summary>
/// <param name="Symbols">What the data section's symbols stand for; null until the reporting grain has opened the source.</param>
[GenerateSerializer, Immutable, Alias("granary.RunDefinition")]
public sealed record RunDefinition([property: Id(0)] BatchOrder Order, [property: Id(1)] IReadOnlyList<string>? Symbols);

/// <summary>Strategies of one feed that are to be run.</summary>
/// <param name="Feed">Its index in the plan.</param>
/// <param name="Hashes">Content hashes of its symbols' bars: what every silo must find in its source.</param>
/// <param name="Bars">About how many it has.</param>
/// <param name="Strategies">Indices in the plan, rising.</param>
/// <param name="HasEnded">Whether its bars end before those of the batch's other markets.</param>
[GenerateSerializer, Immutable, Alias("granary.FeedWork")]
public sealed record FeedWork(
    [property: Id(0)] int Feed,
    [property: Id(1)] IReadOnlyList<string> Symbols,
    [property: Id(2)] string Timeframe,
    [property: Id(3)] IReadOnlyList<string> Hashes,
    [property: Id(4)] long Bars,
    [property: Id(5)] int[] Strategies,
    [property: Id(6)] bool HasEnded = false);

/// <summary>A model that judges entries of some strategies in a pass.</summary>
/// <param name="Number">What the reporting grain hands it out by.</param>
/// <param name="Strategies">Indices in the plan, rising.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelUse")]
public sealed record ModelUse([property: Id(0)] int Number, [property: Id(1)] int[] Strategies);

/// <summary>One pass over the feeds: all strategies, those that models are trained on, or the weighted ones once more for their events.</summary>
/// <param name="Key">Of what is computed: passes of the same key give the same for each strategy, whoever asks for them.</param>
/// <param name="Token">Of the activation that asks; a new one after it was lost.</param>
/// <param name="Work">What has not been reported yet.</param>
/// <param name="Strategies">Of the whole pass.</param>
/// <param name="Changes">What is done to the bars before strategies see them, as <see cref="Granary.Application.Causality.SeriesChanges"/> writes it; empty for the bars as they are.</param>
/// <param name="Stressed">With every cost doubled and every order one bar later.</param>
[GenerateSerializer, Immutable, Alias("granary.PassOrder")]
public sealed record PassOrder(
    [property: Id(0)] string Key,
    [property: Id(1)] Guid Token,
    [property: Id(2)] IReadOnlyList<FeedWork> Work,
    [property: Id(3)] int Strategies,
    [property: Id(4)] bool WithEvents,
    [property: Id(5)] bool WithFactors,
    [property: Id(6)] IReadOnlyList<string> Symbols,
    [property: Id(7)] IReadOnlyList<ModelUse> Models,
    [property: Id(8)] string Changes = "",
    [property: Id(9)] bool Stressed = false);

/// <summary>How a run ended.</summary>
/// <param name="Fault">One sentence; null where it is done.</param>
/// <param name="Files">Names of the run's files, ordered.</param>
/// <param name="WrongInput">The fault lies in the batch or its data: run again as it is, it would fail again.</param>
[GenerateSerializer, Immutable, Alias("granary.RunEnd")]
public sealed record RunEnd(
    [property: Id(0)] string? Fault,
    [property: Id(1)] string? Digest,
    [property: Id(2)] long Trades,
    [property: Id(3)] double Seconds,
    [property: Id(4)] int Strategies,
    [property: Id(5)] int Failed,
    [property: Id(6)] IReadOnlyList<string> Files,
    [property: Id(7)] bool WrongInput = false);

/// <summary>What a submission led to.</summary>
/// <param name="Status">null where it was not taken, since too many wait.</param>
/// <param name="Waiting">How many wait, where they are too many.</param>
[GenerateSerializer, Immutable, Alias("granary.SubmitAnswer")]
public sealed record SubmitAnswer([property: Id(0)] Granary.Application.Submissions.BatchStatus? Status, [property: Id(1)] bool Created, [property: Id(2)] int Waiting);

/// <summary>What an idempotency key stands for.</summary>
/// <param name="Run">The run that the key belongs to.</param>
/// <param name="SameText">Whether that run's text is the one that was asked about.</param>
[GenerateSerializer, Immutable, Alias("granary.KeyAnswer")]
public sealed record KeyAnswer([property: Id(0)] string Run, [property: Id(1)] bool SameText);
