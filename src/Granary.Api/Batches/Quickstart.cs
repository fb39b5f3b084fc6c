using Granary.Server.Jobs;
using Granary.Storage.Files;

namespace Granary.Api.Batches;

/// <summary>
/// The sample batch samples/quickstart.json with the bars of samples/data, so it has the command line's digest.
/// </summary>
internal static class Quickstart
{
    private const string Bars = "samples/data/1h/";

    /// <summary>Writes the files of bars that are missing or have a different length, and reads the batch.</summary>
    /// <param name="folder">The folder of the bars, from which the batch's paths start.</param>
    /// <param name="kept">The folder as the server stores it.</param>
    /// <returns>The batch, with the folder of the bars.</returns>
    public static async Task<JobText> PrepareAsync(string folder, string kept, CancellationToken cancellationToken)
    {
        var data = Path.Combine(folder, "data", "1h");
        Directory.CreateDirectory(data);
        foreach (var name in typeof(Quickstart).Assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Bars, StringComparison.Ordinal)) continue;
            var (bytes, path) = (await ReadAsync(name, cancellationToken).ConfigureAwait(false), Path.Combine(data, name[Bars.Length..]));
            if (new FileInfo(path) is { Exists: true } there && there.Length == bytes.Length) continue;
            AtomicFile.Write(path, bytes);
        }
        var text = await ReadAsync("quickstart.json", cancellationToken).ConfigureAwait(false);
        return new JobText(JobCatalogue.Backtest, text, "quickstart.json", kept);
    }

    private static async Task<byte[]> ReadAsync(string name, CancellationToken cancellationToken)
    {
        using var resource = typeof(Quickstart).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        await resource.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }
}
