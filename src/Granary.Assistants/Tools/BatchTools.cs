using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Calls;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Server.Jobs;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Role = Granary.Server.Access.Role;

namespace Granary.Assistants.Tools;

/// <summary>Tools that make, check and run a batch.</summary>
internal sealed class BatchTools(AssistantCall call, BudgetedJobs research)
{
    private const string Batch = "The batch, as an object or its text: sections name, data, strategies and others; get_batch_schema explains "
        + "them.";

    // The place of faults in messages.
    private const string File = "batch.json";

    private const string Key = "A key of your choice, 1 to 200 characters: a repeated call with it gives the same job instead of a second one.";

    [McpServerTool(Name = "get_batch_schema", Title = "Keys of a batch", ReadOnly = true, OpenWorld = false)]
    [Description("Explains the keys of a batch file. Without 'section' it lists the sections with a small example; with 'section', such as "
        + "data, strategies, portfolio or strategies.size, the keys of it with types, ranges and defaults.")]
    public static CallToolResult Schema([Description("The path of a section or key, with dots between.")] string? section = null) =>
        string.IsNullOrEmpty(section) ? BatchSchema.Overview() : BatchSchema.Of(section);

    [McpServerTool(Name = "validate_batch", Title = "Check a batch", ReadOnly = true, OpenWorld = false), NeedsRole(Role.Submitter)]
    [Description("Checks a batch without running it: keys, classes, parameters, and that its bars exist. No trial is charged. Every fault "
        + "comes with its place and what to do.")]
    public async Task<CallToolResult> ValidateAsync([Description(Batch)] JsonElement batch,
        [Description("What it is for."), AllowedValues("backtest", "search", "walk-forward")] string kind = "backtest",
        CancellationToken cancellationToken = default)
    {
        var plan = await research.PlanAsync(call.Caller, KindOf(kind), BodyOf(KindOf(kind), batch), File, cancellationToken)
            .ConfigureAwait(false);
        var answer = Answer.Of($"The batch '{plan.Name}' is valid and its bars exist.")
            .Line(FormattableString.Invariant($"It is about {plan.Work:0.##E+0} bars times strategies of work."));
        if (plan.Combinations is { } combinations)
            answer.Line($"It tries {Counted.Of(combinations, "combination")}" + (plan.New is { } added
                ? $", of which {added.ToString("#,0", CultureInfo.InvariantCulture)} would be charged." : "."));
        return answer.With("valid", JsonValue.Create(true)).With("name", JsonValue.Create(plan.Name))
            .With("work", AnswerNumber.Of(plan.Work)).With("combinations", JsonValue.Create(plan.Combinations))
            .With("newTrials", JsonValue.Create(plan.New)).Done();
    }

    [McpServerTool(Name = "run_backtest", Title = "Run a backtest", Destructive = false, OpenWorld = false), NeedsRole(Role.Submitter)]
    [Description("Submits a batch as a backtest, and returns the id of its job, which is also the id of the run when it is done. Arrays of "
        + "parameter values multiply to a grid: each distinct combination is a trial. follow_job waits for the end.")]
    public Task<CallToolResult> BacktestAsync([Description(Batch)] JsonElement batch, [Description(Key)] string? key = null,
        CancellationToken cancellationToken = default) => SubmitAsync("backtest", batch, key, cancellationToken);

    [McpServerTool(Name = "run_search", Title = "Search parameters", Destructive = false, OpenWorld = false), NeedsRole(Role.Submitter)]
    [Description("Submits a search of parameters: strategies of the batch have a section 'search' with method, trials, objective and space. "
        + "Each trial counts. Returns the id of the job.")]
    public Task<CallToolResult> SearchAsync([Description(Batch)] JsonElement batch, [Description(Key)] string? key = null,
        CancellationToken cancellationToken = default) => SubmitAsync("search", batch, key, cancellationToken);

    [McpServerTool(Name = "run_walk_forward", Title = "Walk forward", Destructive = false, OpenWorld = false), NeedsRole(Role.Submitter)]
    [Description("Submits a walk-forward: parameters are chosen on a window of bars and traded on the next one, again and again. The batch has "
        + "a section 'walkForward'. Returns the id of the job.")]
    public Task<CallToolResult> WalkForwardAsync([Description(Batch)] JsonElement batch, [Description(Key)] string? key = null,
        CancellationToken cancellationToken = default) => SubmitAsync("walk-forward", batch, key, cancellationToken);

    private async Task<CallToolResult> SubmitAsync(string kind, JsonElement batch, string? key, CancellationToken cancellationToken)
    {
        if (key is not null && (key.Length is 0 or > JobSubmission.LongestKey || key.Any(char.IsControl)))
            throw new InputException(string.Create(CultureInfo.InvariantCulture,
                $"key has {key.Length} characters; use 1 to {JobSubmission.LongestKey} printable ones"));
        var receipt = await research.SubmitAsync(call.Caller, KindOf(kind), BodyOf(KindOf(kind), batch), File, key,
            cancellationToken).ConfigureAwait(false);
        call.Changed = "/jobs/" + receipt.Job.Id;
        return Answer.Of(receipt.Created ? $"The {kind} is submitted as job {receipt.Job.Id}."
                : $"The key stands for job {receipt.Job.Id}, which was submitted before.")
            .Line($"follow_job with id \"{receipt.Job.Id}\" waits for its end; then the run has the same id.")
            .With("job", JsonValue.Create(receipt.Job.Id)).With("state", JsonValue.Create(JobAnswer.StateOf(receipt.Job))).Done();
    }

    private static string KindOf(string kind) => kind switch
    {
        "search" => "optimise",
        "walk-forward" => "walkforward",
        _ => JobCatalogue.Backtest,
    };

    // Some clients send an object as its text, which may end with a comment.
    private static byte[] BodyOf(string kind, JsonElement batch)
    {
        var text = batch.ValueKind == JsonValueKind.String ? batch.GetString()! : batch.GetRawText();
        return Encoding.UTF8.GetBytes(kind == JobCatalogue.Backtest ? text : $$"""{"kind":"{{kind}}","batch":{{text}}""" + "\n}");
    }
}
