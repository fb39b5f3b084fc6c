using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Modelling.Experiments;
using Granary.Modelling.Learning;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;

namespace Granary.Server.JobKinds;

/// <summary>The task of a learning job.</summary>
internal enum ModelTask
{
    /// <summary>Trains the models, and registers a version of each.</summary>
    Train,

    /// <summary>Runs the strategies with and without the models.</summary>
    Evaluate,

    /// <summary>Compares trainers, or searches for a model.</summary>
    Experiment,
}

/// <summary>A job that trains, evaluates or compares the models of a batch. Its result is the file <c>result.json</c>.</summary>
/// <param name="text">The text of the job.</param>
/// <param name="spec">The batch, with a learning section.</param>
/// <param name="task">The task of the job.</param>
/// <param name="strategies">The number of the batch's first strategies to use; null = all.</param>
internal sealed class LearningJob(JobText text, BatchSpec spec, ModelTask task, int? strategies) : Job(text,
    $"{spec.Name}-{task.ToString().ToLowerInvariant()}")
{
    /// <summary>The time after which a training promotes no version, UTC; null = no limit.</summary>
    public DateTimeOffset? PromoteUntil { get; init; }

    // For an experiment, whether it is a search.
    private bool IsSearch => task == ModelTask.Experiment && LearningReader.Read(spec).Any(s => s.Search is not null);

    public override async Task<IWorkMaker?> PrepareAsync(IBatchHost host, int threads, CancellationToken cancellationToken) => task switch
    {
        ModelTask.Experiment when IsSearch =>
            await PreparedSearch.OpenAsync(spec, strategies, host, threads, keeps: false, cancellationToken).ConfigureAwait(false),
        ModelTask.Experiment =>
            await PreparedComparison.OpenAsync(spec, strategies, host, threads, cancellationToken).ConfigureAwait(false),
        ModelTask.Train or ModelTask.Evaluate => null,
    };

    /// <summary>Reads the result of an experiment from the files of its job.</summary>
    /// <returns>A search, or the trials of a comparison; the other one is null.</returns>
    /// <exception cref="InputException">The result does not exist, or is damaged.</exception>
    public static (SearchReport? Search, IReadOnlyList<ExperimentTrial>? Trials) ReadExperiment(string folder)
    {
        var path = Path.Combine(folder, ResultFile.Name);
        try
        {
            var json = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(path));
            return json.ValueKind == JsonValueKind.Array ? (null, json.Deserialize<List<ExperimentTrial>>(ResultFile.Json))
                : (json.Deserialize<SearchReport>(ResultFile.Json), null);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new InputException($"{path} is not the result of an experiment ({e.Message.TrimEnd('.')}); run it again", e);
        }
    }

    public override double Work => BatchWork.Estimate(spec);

    public override double Memory => BatchWork.MemoryOf(spec);

    public override Task<double> CheckDataAsync(CancellationToken cancellationToken) => BatchDataCheck.RunAsync(spec, cancellationToken);

    // Trainings and evaluations add versions or no trials.
    public override async Task<PlannedTrials?> PlanTrialsAsync(CancellationToken cancellationToken) => task == ModelTask.Experiment
        ? await TrialPlans.OfExperimentAsync(spec, cancellationToken).ConfigureAwait(false) : null;

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        var learn = new LearnBatch(run.Host, run.Clock, run.Threads) { PromoteUntil = PromoteUntil };
        var progress = RunOutcome.Stages<TrainingProgress>(run, p =>
            FormattableString.Invariant($"{p.Done} of {p.Total} windows trained, the last {p.Current}"), p => p.Leaders);
        var result = task switch
        {
            ModelTask.Train =>
                (await learn.TrainAsync(spec, strategies, progress, cancellationToken).ConfigureAwait(false)).ToJson(),
            ModelTask.Evaluate =>
                (await learn.EvaluateAsync(spec, strategies, progress, cancellationToken).ConfigureAwait(false)).ToJson(),
            ModelTask.Experiment when IsSearch => JsonSerializer.Serialize(
                await new ModelSearch(run.Host, run.Clock, run.Threads, run.Ledger, run.Work).RunAsync(spec, strategies, progress,
                    cancellationToken).ConfigureAwait(false), ResultFile.Json),
            ModelTask.Experiment => JsonSerializer.Serialize(
                await new TrainerComparison(run.Host, run.Clock, run.Threads, run.Ledger, run.Work).RunAsync(spec, strategies,
                    progress, cancellationToken).ConfigureAwait(false), ResultFile.Json),
        };
        await ResultFile.WriteAsync(run.Folder, result, cancellationToken).ConfigureAwait(false);
        return new JobOutcome(null, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0);
    }
}

/// <summary>The request of a learning job.</summary>
internal record LearningRequest : LearningOptions
{
    [Key(BatchRequest.Help, Offers = "batch")]
    public required JsonPart Batch { get; init; }
}

/// <summary>The request of a training.</summary>
internal sealed record TrainRequest : LearningRequest
{
    [Key("after this time, UTC, versions are registered and not promoted"), JsonConverter(typeof(UtcTicks))]
    public long? PromoteUntil { get; init; }
}

/// <summary>A kind of <see cref="LearningJob"/>.</summary>
internal sealed class LearningKind<T>(ModelTask task, string summary) : RequestKind<T> where T : LearningRequest
{
    public override string Name => task.ToString().ToLowerInvariant();

    public override bool CountsTrials => task == ModelTask.Experiment;

    public override string Summary => summary;

    protected override Job Read(T request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var spec = JobRequest.Batch(request.Batch, text, catalogues);
        if (spec.Learning is null)
            throw request.Batch.Fault("the batch has no \"learning\" section; add one, as \"learning\": { \"trainer\": "
                + "\"gradient-boosting\", \"label\": \"direction\" }");
        return new LearningJob(text, spec, task, request.Strategies)
        {
            PromoteUntil = request is TrainRequest { PromoteUntil: { } until } ? new DateTimeOffset(until, TimeSpan.Zero) : null,
        };
    }
}
