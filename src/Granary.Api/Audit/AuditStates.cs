using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Api.Accounts;
using Granary.Api.Notifications;
using Granary.Contracts.Accounts;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Weights;
using Granary.Trading.Live;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Audit;

/// <summary>Reads the state of an operation's target for the audit log.</summary>
/// <param name="runs">null if the server has no runs.</param>
/// <param name="sessions">null if the server trades no account.</param>
/// <param name="notifications">null if the server sends none.</param>
internal sealed class AuditStates(IJobService jobs, IWeightsService weights, LiveAccounts accounts, AuditedFiles files,
    RunLibrary? runs = null, ISessionService? sessions = null, NotificationService? notifications = null)
{
    /// <param name="path">Path below the prefix of the API.</param>
    /// <param name="who">The caller, who has uploads of their own.</param>
    /// <returns>null if the target does not exist, or has no state to show.</returns>
    public async Task<JsonNode?> ReadAsync(PathString path, string who, CancellationToken cancellationToken)
    {
        var parts = path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2) return null;
        var id = Uri.UnescapeDataString(parts[1]);
        try
        {
            return parts[0] switch
            {
                "jobs" or "batches" => JobId.IsWellFormed(id)
                    && await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } job
                        ? Shown(new { job.Kind, job.Name, job.State, Code = job.Code.Count == 0 ? null : job.Code }) : null,
                "runs" => runs?.Find(id) is { } run ? Shown(new { run.Name, run.Kind, run.Digest }) : null,
                "portfolios" => await weights.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } current
                    ? Shown(new { current.Version, current.Weights, current.Why }) : null,
                "sessions" when parts is [_, _, "strategies", var strategy] => sessions is not null
                    && await StrategyAsync(sessions, id, Uri.UnescapeDataString(strategy), cancellationToken).ConfigureAwait(false)
                        is { } one ? Shown(new { one.Id, one.State, one.Enabled }) : null,
                "sessions" => sessions is not null && await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } session
                    ? Shown(new { session.Phase, session.Run, session.Status?.State }) : null,
                "deployments" => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && files.Deployments.Find(number) is { } found
                        ? Shown(new { found.Name, found.Hash, Disabled = files.Deployments.Disabled(number).Keys }) : null,
                "strategies" => Shown(await StrategiesAsync(s => s.Id == id, cancellationToken).ConfigureAwait(false)),
                "symbols" => Shown(await StrategiesAsync(s => AccountStrategies.SymbolsOf(s.Id).Contains(id), cancellationToken)
                    .ConfigureAwait(false)),
                "models" => Shown(files.Models.Open().Pointer(id)),
                "schedules" => files.Schedules.Find(id) is { } schedule ? Shown(new
                {
                    schedule.Cron,
                    schedule.TimeZone,
                    schedule.Window,
                    schedule.Kind,
                    Job = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(schedule.Job.GetRawText()))),
                    schedule.Enabled,
                    schedule.Why,
                }) : null,
                "notifications" when notifications?.Book.Read() is var (stored, rules) => Shown(new { stored.Version, Rules = rules }),
                "uploads" => await files.Uploads.HashOfAsync(who, id, cancellationToken).ConfigureAwait(false) is { } file
                    ? Shown(new { file.Bytes, file.Sha256 }) : null,
                _ => null,
            };
        }
        catch (InputException)
        {
            // The name is not valid in this collection. The operation reports this to the caller.
            return null;
        }
    }

    private async Task<IEnumerable<object>> StrategiesAsync(Func<AccountStrategy, bool> wanted, CancellationToken cancellationToken) =>
        (await (await accounts.StrategiesAsync(cancellationToken).ConfigureAwait(false)).ListAsync(null, cancellationToken)
            .ConfigureAwait(false)).Where(wanted).Select(s => new { s.Account, s.Id, s.Enabled });

    // A session that recovers from a loss shows no state. The operation reports this to the caller.
    private static async Task<SessionStrategy?> StrategyAsync(ISessionService sessions, string id, string strategy,
        CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.StrategyAsync(id, strategy, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceUnavailableException)
        {
            return null;
        }
    }

    private static JsonNode? Shown(object state) => JsonSerializer.SerializeToNode(state, JobJson.Options);
}
