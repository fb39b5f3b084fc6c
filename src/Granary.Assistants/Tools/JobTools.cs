using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Calls;
using Granary.Contracts.Jobs;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Role = Granary.Server.Access.Role;

namespace Granary.Assistants.Tools;

/// <summary>Tools that follow, list and cancel jobs.</summary>
internal sealed class JobTools(AssistantCall call, IJobService jobs, BudgetedJobs research, RunLibrary runs,
    TimeProvider clock)
{
    private const int MostSeconds = 55;

    [McpServerTool(Name = "follow_job", Title = "Follow a job", ReadOnly = true, OpenWorld = false)]
    [Description("Waits until a job ends, at most 'seconds', and tells how it stands. Call it again while the job is running; jobs survive a "
        + "restart of the server. When a backtest, search or walk-forward is done, get_results and get_verdict take the same id.")]
    public async Task<CallToolResult> FollowAsync([Description("The id of the job.")] string id,
        IProgress<ProgressNotificationValue> progress,
        [Description("How long to wait at most; 0 = not at all."), Range(0, MostSeconds)] int seconds = 20,
        CancellationToken cancellationToken = default)
    {
        var status = await call.JobAsync(id, cancellationToken).ConfigureAwait(false);
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            if (seconds > 0)
                await foreach (var each in jobs.WatchAsync(id, either.Token).ConfigureAwait(false))
                {
                    status = each;
                    progress.Report(new()
                    {
                        Progress = each.Progress.Done,
                        Total = each.Progress.Strategies > 0 ? each.Progress.Strategies : null,
                        Message = JobAnswer.Sentence(each),
                    });
                }
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
        }
        return AnswerOf(status);
    }

    [McpServerTool(Name = "list_jobs", Title = "Jobs", ReadOnly = true, OpenWorld = false)]
    [Description("Lists jobs, the newest first.")]
    public async Task<CallToolResult> ListAsync(
        [Description("Only jobs in this state."), AllowedValues("queued", "running", "done", "failed", "cancelled")] string? state = null,
        [Description("Maximum number of rows."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null, CancellationToken cancellationToken = default)
    {
        JobState? wanted = state is null ? null : Enum.Parse<JobState>(state, ignoreCase: true);
        var query = new JobQuery(limit, cursor, State: wanted);
        var page = await research.ListAsync(call.Caller, query, cancellationToken).ConfigureAwait(false);
        return Answer.Of(page.Items.Count == 0 ? "There are no such jobs." : "Jobs, the newest first.")
            .Table("jobs", JobAnswer.Columns, [.. page.Items.Select(JobAnswer.Row)]).Page(page.Items.Count, null, page.Next).Done();
    }

    [McpServerTool(Name = "cancel_job", Title = "Cancel a job", Destructive = true, Idempotent = true, OpenWorld = false),
        NeedsRole(Role.Submitter)]
    [Description("Cancels a job that waits or runs; one that has ended stays as it is. Trials that were charged stay charged.")]
    public async Task<CallToolResult> CancelAsync([Description("The id of the job.")] string id,
        CancellationToken cancellationToken = default)
    {
        var before = await call.JobAsync(id, cancellationToken).ConfigureAwait(false);
        var status = await jobs.CancelAsync(id, cancellationToken).ConfigureAwait(false) ?? before;
        call.Changed = "/jobs/" + id;
        return status.Ended ? AnswerOf(status)
            : Answer.Of($"Job {id} is asked to stop.").With("job", JsonValue.Create(id))
                .With("state", JsonValue.Create(JobAnswer.StateOf(status))).Done();
    }

    private CallToolResult AnswerOf(JobStatus job)
    {
        // A job that makes no run, such as an import, has no verdict.
        if (job.State == JobState.Done && runs.Find(job.Id) is not null) call.Open(job.Id);
        var answer = Answer.Of(JobAnswer.Sentence(job)).With("job", JsonValue.Create(job.Id))
            .With("state", JsonValue.Create(JobAnswer.StateOf(job))).With("fault", JsonValue.Create(job.Fault))
            .With("strategies", JsonValue.Create(job.Progress.Strategies)).With("finished", JsonValue.Create(job.Progress.Done))
            .With("digest", JsonValue.Create(job.Digest));
        if (job.State is JobState.Queued or JobState.Running)
        {
            answer.Line("Call follow_job again to wait on.");
            if (job.Progress.Leaders is { Count: > 0 } leaders)
                answer.Table("leaders", [AnswerColumn.Of("id"), AnswerColumn.Of("sharpe"), AnswerColumn.Of("trades")],
                    [.. leaders.Take(3).Select(l => new JsonObject { ["id"] = l.Id, ["sharpe"] = l.Sharpe, ["trades"] = l.Trades })]);
        }
        return answer.Done();
    }
}
