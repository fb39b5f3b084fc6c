using System.Globalization;
using Granary.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Jobs;

/// <summary>Reads the bodies of requests whose text is kept as it is.</summary>
internal static class RequestBody
{
    /// <param name="longest">Bytes.</param>
    /// <returns>null if the body is longer.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int longest, CancellationToken cancellationToken)
    {
        if (request.ContentLength > longest) return null;
        using var text = new MemoryStream();
        var buffer = new byte[1 << 14];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (text.Length + read > longest) return null;
            text.Write(buffer, 0, read);
        }
        return text.ToArray();
    }

    public static IResult TooLong(int longest) => Problem.Of(StatusCodes.Status413PayloadTooLarge, "Too large",
        string.Create(CultureInfo.InvariantCulture, $"the body may have at most {longest} bytes; split the batch"));
}
