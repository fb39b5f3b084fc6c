using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Granary.Api.Tests;

/// <summary>Bodies that are too long, too deep, or grow when they are unpacked.</summary>
public class HostileBodiesTests
{
    private static ByteArrayContent Json(byte[] body, string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    [Theory]
    [InlineData("/api/v1/batches")]
    [InlineData("/api/v1/jobs")]
    [InlineData("/api/v1/sessions")]
    public async Task A_long_a_deep_and_a_packed_body_are_each_refused_with_a_sentence_and_no_batch_begins(string path)
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var tooLong = await server.Client.PostAsync(path, Json(new byte[17 << 20]));
        (await tooLong.ProblemAsync(413)).ShouldContain("bytes");
        var deep = Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000));
        using var tooDeep = await server.Client.PostAsync(path, Json(deep));
        (await tooDeep.ProblemAsync(400)).ShouldNotBeEmpty();

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            for (var i = 0; i < 256; i++)
                gzip.Write(new byte[1 << 20]);
        using var bomb = await server.Client.PostAsync(path, Json(packed.ToArray(), "gzip"));
        ((int)bomb.StatusCode).ShouldBeInRange(400, 415, await bomb.Content.ReadAsStringAsync());
        (await bomb.ProblemAsync((int)bomb.StatusCode)).ShouldNotBeEmpty();
        (await server.Client.GetStringAsync("/api/v1/batches")).ShouldBe("[]");
    }
}
