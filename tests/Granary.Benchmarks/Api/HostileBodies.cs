using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Granary.Benchmarks.Api;

/// <summary>Bodies that are too long, too deep, or far longer than they look: each is refused with a sentence.</summary>
internal sealed class HostileBodies(ServerProcess server, LimitChecks limits)
{
    private const int Turns = 10, Depth = 100_000;

    // A server may answer a long body before it has read it; the client then sees a broken connection.
    private const string Closed = "closed while the body was sent";

    public async Task RunAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(10));
        var before = server.Memory;
        var nested = new byte[2 * Depth];
        nested.AsSpan(0, Depth).Fill((byte)'[');
        nested.AsSpan(Depth).Fill((byte)']');
        await RefusedAsync("17 MB", new byte[17 << 20], null);
        await RefusedAsync("100,000-fold nesting", nested, null);
        await RefusedAsync("a gzip bomb of 1 GB", Bomb(), "gzip");
        await Task.Delay(TimeSpan.FromSeconds(20));
        limits.CheckMemory("after hostile bodies", before, server.Memory);
    }

    private async Task RefusedAsync(string what, byte[] body, string? encoding)
    {
        var answers = new HashSet<string>();
        for (var turn = 0; turn < Turns; turn++)
        {
            using var http = server.Connect();
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
            try
            {
                using var answer = await http.PostAsync("api/v1/batches", content);
                var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
                answers.Add($"{(int)answer.StatusCode} {problem.GetProperty("detail").GetString()}");
            }
            catch (HttpRequestException)
            {
                answers.Add(Closed);
            }
        }
        using var after = server.Connect();
        using var health = await after.GetAsync("health/live");
        limits.Check($"{what} is refused, and the server goes on",
            answers.All(a => a == Closed || a[0] == '4') && health.IsSuccessStatusCode, string.Join(" | ", answers));
    }

    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 1024; i++) gzip.Write(zeros);
        }
        return packed.ToArray();
    }
}
