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

    private static byte[] Large => Encoding.UTF8.GetBytes("\"" + new string('a', 17 << 20) + "\"");

    private static byte[] Zipped(int bytes)
    {
        using var to = new MemoryStream();
        using (var zip = new GZipStream(to, CompressionLevel.Fastest)) zip.Write(new byte[bytes]);
        return to.ToArray();
    }

    [Theory]
    [InlineData("/api/v1/batches")]
    [InlineData("/api/v1/jobs")]
    [InlineData("/api/v1/sessions")]
    [InlineData("/api/v1/deployments")]
    [InlineData("/api/v1/portfolios/main/weights/preview")]
    public async Task Json_that_is_made_to_harm_is_refused_with_a_sentence(string path)
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        byte[][] bodies =
        [
            Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000)),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"weights\":", 100_000))), [0xff, 0xfe, 0x80, 0x7b], [],
            Encoding.UTF8.GetBytes("{ \"version\": 1" + new string('0', 100_000) + " }"), "null"u8.ToArray(),
                "{ \"kind\": 1e999 }"u8.ToArray(),
        ];
        foreach (var body in bodies)
            (await (await server.Client.SendAsync(Request("POST", path, body))).ProblemAsync(400)).ShouldNotBeEmpty();
        (await server.Client.SendAsync(Request("POST", path, Zipped(64 << 20), "gzip"))).IsSuccessStatusCode.ShouldBeFalse();
        (await (await server.Client.SendAsync(Request("POST", path, Large))).ProblemAsync(413)).ShouldContain("split the batch");
    }
}
