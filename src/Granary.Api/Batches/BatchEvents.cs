using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Api.Events;
using Granary.Application.Submissions;

namespace Granary.Api.Batches;

/// <summary>A batch's statuses as events: 'progress', and at last 'done', 'failed' or 'cancelled'.</summary>
internal static class BatchEvents
{
    public static async IAsyncEnumerable<ServerEvent> WatchAsync(IBatchService batches, string id,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var status in batches.WatchAsync(id, cancellationToken).ConfigureAwait(false))
            yield return new ServerEvent(status.Revision, status.Ended ? status.State.ToString().ToLowerInvariant() : "progress",
                JsonSerializer.Serialize(status, SubmissionJson.Options));
    }
}
