using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Granary.Api.Tests;

/// <summary>Requests that are made to harm: a problem with a sentence, and the server goes on.</summary>
public sealed class HostileRequestsTests
{
    private static HttpRequestMessage Request(string verb, string path, byte[] body, string? encoding = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null) request.Content.Headers.ContentEncoding.Add(encoding);
        return request;
    }

    private static byte[] Zipped(int megabytes)
    {
        using var to = new MemoryStream();
        using (var zip = new GZipStream(to, CompressionLevel.Fastest))
            for (var (i, part) = (0, new byte[1 << 20]); i < megabytes; i++)
                zip.Write(part);
        return to.ToArray();
    }

    [Fact]
    public async Task Json_that_is_made_to_harm_is_refused_with_a_sentence_and_no_batch_begins()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        var large = Encoding.UTF8.GetBytes("\"" + new string('a', 17 << 20) + "\"");
        var zipped = Zipped(256);
        byte[][] bodies =
        [
            Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000)),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"weights\":", 100_000))), [0xff, 0xfe, 0x80, 0x7b], [],
            Encoding.UTF8.GetBytes("{ \"version\": 1" + new string('0', 100_000) + " }"), "null"u8.ToArray(),
                "{ \"kind\": 1e999 }"u8.ToArray(),
        ];
        foreach (var path in (string[])["batches", "jobs", "sessions", "deployments", "portfolios/main/weights/preview"])
        {
            foreach (var body in bodies)
                (await (await SendAsync(path, body)).ProblemAsync(400)).ShouldNotBeEmpty(path);
            using var bomb = await SendAsync(path, zipped, "gzip");
            ((int)bomb.StatusCode).ShouldBeInRange(400, 415, path);
            (await bomb.ProblemAsync((int)bomb.StatusCode)).ShouldNotBeEmpty(path);
            (await (await SendAsync(path, large)).ProblemAsync(413)).ShouldContain("split the batch");
        }
        (await server.Client.GetStringAsync("/api/v1/batches")).ShouldBe("[]");

        Task<HttpResponseMessage> SendAsync(string path, byte[] body, string? encoding = null) =>
            server.Client.SendAsync(Request("POST", "/api/v1/" + path, body, encoding));
    }
}
