using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Api.Sessions;

/// <summary>A session's views as events: 'status' at each change, and finally 'done' or 'failed'.</summary>
internal static class SessionEvents
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    public static async IAsyncEnumerable<SseItem<string>> WatchAsync(ISessionService sessions, string id, TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (number, last) = (0L, "");
        while (await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } view)
        {
            var data = JsonSerializer.Serialize(view, SessionJson.Options);
            var ended = !view.IsRunning;
            if (data != last)
                yield return new SseItem<string>(data, ended ? view.Phase.ToString().ToLowerInvariant() : "status")
                {
                    EventId = (++number).ToString(CultureInfo.InvariantCulture),
                };
            if (ended) yield break;
            last = data;
            await Task.Delay(Every, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
