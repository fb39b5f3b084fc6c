using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Granary.Api.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Granary.Api.Events;

/// <summary>
/// Server-sent events until their source ends, or the key, token or session of its caller. Each event is complete, so a client that lost
/// the connection needs nothing replayed.
/// </summary>
/// <param name="open">Opens the source, which returns its first event at once.</param>
/// <param name="heartbeat">Time without an event after which the last one is repeated, so proxies keep the connection open.</param>
internal sealed class EventStream(Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> open, TimeSpan heartbeat) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // A stream can last for hours, so it must not delay the stop of the server. The client reconnects to another one.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted,
            httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        httpContext.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await TypedResults.ServerSentEvents(EventsAsync(httpContext, ending.Token)).ExecuteAsync(httpContext).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the client has gone, or the server is stopping
        }
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync(HttpContext caller,
        [EnumeratorCancellation] CancellationToken stop)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var events = open(closing.Token).GetAsyncEnumerator(closing.Token);
        await using (events.ConfigureAwait(false))
        {
            var next = events.MoveNextAsync().AsTask();
            try
            {
                SseItem<string>? last = null;
                var checkedAt = Stopwatch.GetTimestamp();
                while (await HasNextAsync(next, last is not null, stop).ConfigureAwait(false) is var found && found != false)
                {
                    if (Stopwatch.GetElapsedTime(checkedAt) >= heartbeat)
                    {
                        if (!CallerStanding.Holds(caller)) yield break;
                        checkedAt = Stopwatch.GetTimestamp();
                    }
                    if (found == true)
                    {
                        last = events.Current;
                        yield return events.Current;
                        next = events.MoveNextAsync().AsTask();
                    }
                    else yield return last!.Value;
                }
            }
            finally
            {
                // A source must not be disposed while a read of it is pending.
                await closing.CancelAsync().ConfigureAwait(false);
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>Whether there is another event; null if none arrived within the heartbeat time.</returns>
    private async Task<bool?> HasNextAsync(Task<bool> next, bool canRepeat, CancellationToken stop)
    {
        try
        {
            return await next.WaitAsync(canRepeat ? heartbeat : Timeout.InfiniteTimeSpan, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // On a busy machine the event has often arrived by the time that this thread sees the end of the heartbeat.
            return next.IsCompleted ? await next.ConfigureAwait(false) : null;
        }
    }
}
