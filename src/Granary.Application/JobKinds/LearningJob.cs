using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Experiments;
using Granary.Application.Jobs;
using Granary.Application.Json;
using Granary.Application.Learning;

namespace Granary.Application.JobKinds;

/// <summary>What a learning job does with the models of a batch.</summary>
internal enum ModelTask
{
    Train,
    Evaluate,
    Experiment,
}

/// <summary>The models of a batch: trained, evaluated or compared. Its result is the file <c>result.json</c>.</summary>
/// <param name="strategies">"all", or how many of the batch's first strategies.</param>
internal sealed class LearningJob(JobText text, BatchSpec spec, ModelTask task, string strategies) : Job(text,
    $"{spec.Name}-{task.ToString().ToLowerInvariant()}")
{
    public override double Work => BatchWork.Estimate(spec);

    public override async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        var learn = new LearnBatch(run.Host, run.Clock, run.Threads);
        var progress = RunOutcome.Stages<TrainingProgress>(run, p =>
            FormattableString.Invariant($"{p.Done} of {p.Total} windows trained, the last {p.Current}"), p => p.Leaders);
        var result = task switch
        {
            ModelTask.Train =>
                (await learn.TrainAsync(spec, strategies, progress, cancellationToken).ConfigureAwait(false)).ToJson(),
            ModelTask.Evaluate =>
                (await learn.EvaluateAsync(spec, strategies, progress, cancellationToken).ConfigureAwait(false)).ToJson(),
            _ when LearningReader.Read(spec).Any(s => s.Search is not null) => JsonSerializer.Serialize(
                await new ModelSearch(run.Host, run.Clock, run.Threads, run.Ledger).RunAsync(spec, strategies, progress, cancellationToken)
                    .ConfigureAwait(false), ResultFile.Json),
            _ => JsonSerializer.Serialize(
                await new TrainerComparison(run.Host, run.Clock, run.Threads, run.Ledger).RunAsync(spec, strategies, progress,
                    cancellationToken).ConfigureAwait(false), ResultFile.Json),
        };
        await ResultFile.WriteAsync(run.Folder, result, cancellationToken).ConfigureAwait(false);
        return new JobOutcome(null, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0);
    }
}

/// <summary>A kind of <see cref="LearningJob"/>.</summary>
internal sealed class LearningKind(ModelTask task, string summary) : JobKind
{
    public override string Name => task.ToString().ToLowerInvariant();

    public override string Summary => summary;

    public override Job Read(JobText text, GranaryCatalogues catalogues)
    {
        var body = JobRequest.Only(text, "batch", "strategies");
        var spec = JobRequest.Batch(body, text, catalogues);
        if (spec.Learning is null)
            throw body.Need("batch").Fault("the batch has no \"learning\" section; add one, as \"learning\": { \"trainer\": "
                + "\"gradient-boosting\", \"label\": \"direction\" }");
        return new LearningJob(text, spec, task, Strategies(body.Find("strategies")));
    }

    private static string Strategies(JsonPart? part) => part is null ? "all"
        : part.Kind == JsonValueKind.String && part.Text == "all" ? part.Text
        : part.Whole(1).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
