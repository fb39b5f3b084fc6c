using System.Diagnostics;
using Granary.Api.Access;
using Granary.Api.Jobs;
using Granary.Api.Problems;
using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Modelling.Learning;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Models;

/// <summary>The server's registry of models: names, versions, figures, promotion, and predictions.</summary>
internal static class ModelEndpoints
{
    /// <param name="IsCurrent">Whether it is the version in use.</param>
    public sealed record VersionEntry(int Number, bool IsCurrent, string ModelHash, ModelLineage Lineage);

    /// <param name="Promoted">Versions that were current before, oldest first.</param>
    /// <param name="Findings">
    /// Windows, calibration, importance and effect on strategies, from the newest run or job that has them; null if none has them.
    /// </param>
    /// <param name="Limits">Limits of its use, one sentence each.</param>
    public sealed record VersionDetail(string Model, int Number, bool IsCurrent, string ModelHash, ModelLineage Lineage,
        IReadOnlyList<int> Promoted, ModelFindings? Findings, IReadOnlyList<string> Limits);

    public static void Map(IEndpointRouteBuilder api)
    {
        var models = api.MapGroup("/models").WithTags("Models").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Viewer);
        models.MapGet("", (ServerModels registry) =>
            {
                var opened = registry.Open();
                return TypedResults.Ok(opened.Models().Select(m => EntryOf(opened, m)).ToList());
            })
            .WithName("listModels").WithSummary("The models of the server's registry.").Produces<IReadOnlyList<ModelEntry>>();
        models.MapGet("/{name}/versions", (string name, ServerModels registry) => Answer(() =>
            {
                var opened = registry.Open();
                var current = opened.Pointer(name).Current;
                return TypedResults.Ok(opened.Versions(name)
                    .Select(v => new VersionEntry(v.Number, v.Number == current, v.ModelHash, ServerModels.Shown(v.Lineage))).ToList());
            }))
            .WithName("listModelVersions").WithSummary("The versions of a model, with what each was trained on.")
            .WithDescription("A damaged version is left out; listModels has its fault.")
            .Produces<IReadOnlyList<VersionEntry>>().ProducesProblem(404);
        models.MapGet("/{name}/versions/{number:int}", (string name, int number, ServerModels registry,
                HttpContext context) => Answer(() =>
            {
                var opened = registry.Open();
                var (version, pointer) = (opened.Version(name, number), opened.Pointer(name));
                var findings = context.RequestServices.GetService<RunLibrary>() is { } runs ? ModelFindings.Find(runs, name, number) : null;
                return TypedResults.Ok(new VersionDetail(name, number, pointer.Current == number, version.ModelHash,
                    ServerModels.Shown(version.Lineage), pointer.History, findings, ModelFindings.LimitsOf(version.Lineage, findings)));
            }))
            .WithName("getModelVersion").WithSummary("A version of a model with its figures, calibration and importance.")
            .Produces<VersionDetail>().ProducesProblem(404);
        MapComparisons(models);
        models.MapGet("/{name}/use", (string name, IModelService service, CancellationToken stop) => AnswerAsync(async () =>
                await service.FindUseAsync(name, stop).ConfigureAwait(false) is { } use ? TypedResults.Ok(use)
                    : Problem.NotFound("this server is one process; only the silos of a cluster measure the use of models")))
            .WithName("getModelUse").WithSummary("Predictions of a model's versions, outcomes of live sessions, and the recommendation that follows.")
            .WithDescription("A version drifts when its squared errors grow (detector adwin). Other versions predict the same outcomes; "
                + "one is better by a paired t-test after 32, 64, … 2,048 outcomes, at a level of 5 % over all these tests.")
            .Produces<ModelInUse>().ProducesProblem(404);
        models.MapPost("/{name}/promote", (string name, Promotion body, IModelService service, CancellationToken stop) =>
            body.Version is not { } version
                ? Task.FromResult(Problem.Of(400, "The input is wrong", "'version' is missing: send { \"version\": 2 }"))
                : AnswerAsync(async () => TypedResults.Ok(await service.PromoteAsync(name, version, stop).ConfigureAwait(false))))
            .RequireAuthorization(RolePolicies.Admin).WithName("promoteModel").WithSummary("Make a version of a model the current one.")
            .WithDescription("A live session whose policy follows the registry uses it from the next bar on.")
            .Produces<ModelPointer>().ProducesProblem(400).ProducesProblem(404);
        models.MapPost("/{name}/rollback", (string name, IModelService service, CancellationToken stop) =>
            AnswerAsync(async () => TypedResults.Ok(await service.RollBackAsync(name, stop).ConfigureAwait(false))))
            .RequireAuthorization(RolePolicies.Admin).WithName("rollBackModel")
            .WithSummary("Make the version before the current one current again.")
            .Produces<ModelPointer>().ProducesProblem(404);
        models.MapPost("/{name}/predict", PredictAsync)
            .WithName("predict").WithSummary("Predictions of a version for rows of features.")
            .WithDescription("The body is { \"version\": 3, \"rows\": [ { \"rsi(14)\": 55.1 } ] }; without a version the current one "
                + "answers.")
            .WithMetadata(new ReadOnlyOperation())
            .Accepts<object>("application/json").Produces<ModelAnswers>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(413);
    }

    private static ModelEntry EntryOf(ModelRegistry registry, string model)
    {
        var readable = registry.Versions(model, out var faults);
        var current = registry.CurrentOf(model, out var fault);
        return new ModelEntry(model, readable.Count + faults.Count, current) { Faults = fault is null ? faults : [.. faults, fault] };
    }

    private static void MapComparisons(IEndpointRouteBuilder models)
    {
        models.MapGet("/{name}/compare", (string name, int first, int second, ServerModels registry) =>
            Answer(() => TypedResults.Ok(registry.Open().Compare(name, first, second).Differences
                .Select(d => new Difference(d.Field, d.First, d.Second)).ToList())))
            .WithName("compareModelVersions").WithSummary("How two versions of a model differ.")
            .Produces<IReadOnlyList<Difference>>().ProducesProblem(404);
        models.MapGet("/{name}/challenge", (string name, int current, int challenger, ServerModels registry, RunLibrary runs) =>
            Answer(() =>
            {
                var opened = registry.Open();
                foreach (var version in (int[])[current, challenger]) opened.Version(name, version);
                return TypedResults.Ok(ModelChallenges.Of(runs, name, current, challenger));
            }))
            .WithName("challengeModelVersion")
            .WithSummary("Whether a version predicts better than the current one on the test windows that both have.")
            .WithDescription("A paired t-test of the figure out of sample, window by window.")
            .Produces<ModelChallenge>().ProducesProblem(404);
    }

    private static async Task<IResult> PredictAsync(string name, HttpRequest request, ApiSettings settings, IModelService service,
        CancellationToken cancellationToken)
    {
        if (await RequestBody.ReadAsync(request, settings.LongestBatch, cancellationToken).ConfigureAwait(false) is not { } body)
            return RequestBody.TooLong(settings.LongestBatch);
        var asked = JsonPart.Parse("the body of the request", body).Only("version", "rows");
        var started = Stopwatch.GetTimestamp();
        return await AnswerAsync(async () =>
        {
            var answers = await service.PredictAsync(name, asked.Find("version")?.Whole(1), asked.Need("rows"), cancellationToken)
                .ConfigureAwait(false);
            GranaryInstruments.Predictions.Record(Stopwatch.GetElapsedTime(started).TotalSeconds,
                new KeyValuePair<string, object?>(GranaryInstruments.Model, name));
            return TypedResults.Ok(answers);
        }).ConfigureAwait(false);
    }

    private static IResult Answer(Func<IResult> ask)
    {
        try
        {
            return ask();
        }
        catch (UnknownModelException e)
        {
            return Problem.NotFound(e.Message);
        }
    }

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (UnknownModelException e)
        {
            return Problem.NotFound(e.Message);
        }
    }
}
