using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Granary.Api.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Api.Tests.Events;

/// <summary>Streams of events without a server: which events are written, and that none ends the stream early.</summary>
public class EventStreamTests
{
    private static async Task<string> WrittenAsync(Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> open, TimeSpan heartbeat)
    {
        using var services = new ServiceCollection()
            .AddSingleton<IHostApplicationLifetime>(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance))
            .AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Response.Body = body;
        await new EventStream(open, heartbeat).ExecuteAsync(context);
        return System.Text.Encoding.UTF8.GetString(body.ToArray());
    }

    [Fact]
    public async Task An_event_that_arrives_as_the_heartbeat_ends_is_written()
    {
        const int Events = 400;
        // The same time for both: whichever the machine runs first, each event is written, in order.
        var time = TimeSpan.FromMilliseconds(2);
        async IAsyncEnumerable<SseItem<string>> OpenAsync([EnumeratorCancellation] CancellationToken stop)
        {
            for (var i = 0; i < Events; i++)
            {
                yield return new SseItem<string>(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
                await Task.Delay(time, stop);
            }
        }
        var written = (await WrittenAsync(OpenAsync, time)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(e => int.Parse(e.Split("data: ")[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        written.Distinct().ShouldBe(Enumerable.Range(0, Events));
        written.ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task A_fault_of_the_source_breaks_the_stream_also_if_it_is_a_timeout()
    {
        static async IAsyncEnumerable<SseItem<string>> OpenAsync([EnumeratorCancellation] CancellationToken stop)
        {
            yield return new SseItem<string>("first");
            await Task.Delay(5, stop);
            throw new TimeoutException("the database");
        }
        (await Should.ThrowAsync<TimeoutException>(() => WrittenAsync(OpenAsync, TimeSpan.FromMilliseconds(1)))).Message
            .ShouldBe("the database");
    }
}
