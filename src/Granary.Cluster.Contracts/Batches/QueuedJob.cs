using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Cluster.Batches;

/// <summary>A submitted batch, or a job of a different kind.</summary>
/// <param name="Text">The bytes of the batch file, or of the job's text.</param>
/// <param name="File">Its name, for error messages.</param>
/// <param name="Folder">Base of its relative paths, on every silo.</param>
/// <param name="Kind">The kind of job.</param>
/// <param name="Work">Estimated bars times strategies; 0 without an estimate.</param>
/// <param name="Memory">Estimated bytes of memory while it runs; 0 without an estimate.</param>
[GenerateSerializer, Immutable, Alias("granary.QueuedJob")]
internal sealed record QueuedJob(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] byte[] Text,
    [property: Id(3)] string File,
    [property: Id(4)] string Folder,
    [property: Id(5)] string SubmittedBy,
    [property: Id(6)] DateTimeOffset SubmittedAt,
    [property: Id(7)] string? IdempotencyKey,
    [property: Id(8)] string Kind,
    [property: Id(9)] double Work = 0,
    [property: Id(10)] string[]? Runs = null,
    [property: Id(11)] JobCode[]? Code = null,
    [property: Id(12)] double Memory = 0);

/// <summary>The input from which every silo makes the same plan of a batch.</summary>
/// <param name="Symbols">The symbols of the data section; null until the reporting grain has opened the source.</param>
[GenerateSerializer, Immutable, Alias("granary.RunDefinition")]
internal sealed record RunDefinition([property: Id(0)] QueuedJob Batch, [property: Id(1)] IReadOnlyList<string>? Symbols);

/// <summary>Strategies of one feed that must run.</summary>
/// <param name="Feed">Index of the feed in the plan.</param>
/// <param name="Hashes">Content hashes of its symbols' bars, which every silo's source must match.</param>
/// <param name="Bars">Approximate number of bars.</param>
/// <param name="Strategies">Indices in the plan, ascending.</param>
/// <param name="HasEnded">Whether the feed's bars end before the bars of the batch's other markets.</param>
/// <param name="Sessions">The sessions of its symbols.</param>
/// <param name="Members">When its symbols are in the universe; null if the batch has no universe.</param>
[GenerateSerializer, Immutable, Alias("granary.FeedWork")]
internal sealed record FeedWork(
    [property: Id(0)] int Feed,
    [property: Id(1)] IReadOnlyList<string> Symbols,
    [property: Id(2)] string Timeframe,
    [property: Id(3)] IReadOnlyList<string> Hashes,
    [property: Id(4)] long Bars,
    [property: Id(5)] int[] Strategies,
    [property: Id(6)] bool HasEnded = false,
    [property: Id(7)] IReadOnlyList<SessionCalendar>? Sessions = null,
    [property: Id(8)] IReadOnlyList<Membership>? Members = null);

/// <summary>A model that filters entries of some strategies in a pass.</summary>
/// <param name="Number">Number by which the reporting grain provides it.</param>
/// <param name="Strategies">Indices in the plan, ascending.</param>
[GenerateSerializer, Immutable, Alias("granary.ModelUse")]
internal sealed record ModelUse([property: Id(0)] int Number, [property: Id(1)] int[] Strategies);

/// <summary>A trial of a search whose strategy is part of a plan.</summary>
/// <param name="Search">Position of its search in the plan.</param>
/// <param name="Point">Its coordinates.</param>
[GenerateSerializer, Immutable, Alias("granary.PassTrial")]
internal sealed record PassTrial([property: Id(0)] int Search, [property: Id(1)] double[] Point);

/// <summary>
/// One pass over the feeds: all strategies, those that models are trained on, or the weighted ones again for their events.
/// </summary>
/// <param name="Token">Token of the requesting activation; a new one after a loss.</param>
/// <param name="Work">Work without a report.</param>
/// <param name="Strategies">Number of strategies of the whole pass.</param>
/// <param name="Changes">Changes of the bars before strategies see them, as <see cref="Granary.Simulation.LookAhead.SeriesChanges"/>
/// writes them; empty for unchanged bars.</param>
/// <param name="Costs">The costs that orders pay.</param>
/// <param name="Trials">The trials of the plan, in order; null for a batch without a search.</param>
/// <param name="Trace">W3C trace context of the step that ordered the pass; null if it is not traced.</param>
[GenerateSerializer, Immutable, Alias("granary.PassWork")]
internal sealed record PassWork(
    [property: Id(0)] PassKey Key,
    [property: Id(1)] Guid Token,
    [property: Id(2)] IReadOnlyList<FeedWork> Work,
    [property: Id(3)] int Strategies,
    [property: Id(4)] bool WithEvents,
    [property: Id(5)] bool WithFactors,
    [property: Id(6)] IReadOnlyList<string> Symbols,
    [property: Id(7)] IReadOnlyList<ModelUse> Models,
    [property: Id(8)] string Changes = "",
    [property: Id(9)] CostCase Costs = CostCase.AsSet,
    [property: Id(10)] IReadOnlyList<PassTrial>? Trials = null,
    [property: Id(11)] string? Trace = null);

/// <summary>The end of a run.</summary>
/// <param name="Fault">The fault in one sentence; null on success.</param>
/// <param name="Files">Sorted names of the run's files.</param>
/// <param name="WrongInput">Whether the batch or its data is wrong, so another run would fail too.</param>
/// <param name="Evaluations">Bars times the strategies that processed them; null if the job has no strategies of its own.</param>
[GenerateSerializer, Immutable, Alias("granary.RunEnd")]
internal sealed record RunEnd(
    [property: Id(0)] string? Fault,
    [property: Id(1)] string? Digest,
    [property: Id(2)] long Trades,
    [property: Id(3)] double Seconds,
    [property: Id(4)] int Strategies,
    [property: Id(5)] int Failed,
    [property: Id(6)] IReadOnlyList<string> Files,
    [property: Id(7)] bool WrongInput = false,
    [property: Id(8)] long? Evaluations = null);

/// <summary>The result of a submission.</summary>
/// <param name="Status">The batch's status; null if too many batches wait.</param>
/// <param name="Waiting">Number of waiting batches, if there are too many.</param>
[GenerateSerializer, Immutable, Alias("granary.SubmitAnswer")]
internal sealed record SubmitAnswer([property: Id(0)] Granary.Contracts.Jobs.JobStatus? Status, [property: Id(1)]
    bool Created, [property: Id(2)] int Waiting);

/// <summary>The run of an idempotency key.</summary>
/// <param name="Run">The run that the key belongs to.</param>
/// <param name="SameText">Whether that run has the submitted text.</param>
[GenerateSerializer, Immutable, Alias("granary.KeyAnswer")]
internal sealed record KeyAnswer([property: Id(0)] string Run, [property: Id(1)] bool SameText);
