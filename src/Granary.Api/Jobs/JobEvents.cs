using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;

namespace Granary.Api.Jobs;

/// <summary>A job's statuses as events: 'progress', and at last 'done', 'failed' or 'cancelled'.</summary>
internal static class JobEvents
{
    public static async IAsyncEnumerable<SseItem<string>> WatchAsync(IJobService jobs, string id,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var status in jobs.WatchAsync(id, cancellationToken).ConfigureAwait(false))
            yield return new SseItem<string>(JsonSerializer.Serialize(status, JobJson.Options),
                status.Ended ? status.State.ToString().ToLowerInvariant() : "progress")
            {
                EventId = status.Revision.ToString(CultureInfo.InvariantCulture),
            };
    }
}
