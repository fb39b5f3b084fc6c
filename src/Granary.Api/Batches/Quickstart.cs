using Granary.Application.Jobs;
using Granary.Data.Synthetic;
using Granary.Engine.Market;

namespace Granary.Api.Batches;

/// <summary>The sample batch samples/quickstart.json with its six synthetic markets, which need no file of the user.</summary>
internal static class Quickstart
{
    private const string FolderName = ".samples";
    private static readonly Timeframe _hour = Timeframe.Parse("1h");

    /// <summary>Makes the markets where they are not there yet.</summary>
    /// <param name="runs">The folder of all runs; the bars lie in its folder <c>.samples</c>.</param>
    /// <returns>The text of the batch.</returns>
    public static async Task<JobText> PrepareAsync(string runs, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(runs, FolderName);
        var data = Path.Combine(folder, "data");
        var last = Path.Combine(data, _hour.ToString(), DataGeneration.SampleSymbols[^1] + ".csv");
        if (!File.Exists(last))
        {
            var (from, to) = (new DateTime(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2023, 7, 1, 0, 0, 0, DateTimeKind.Utc));
            var markets = DataGeneration.Markets(DataGeneration.SampleSymbols, from.Ticks, to.Ticks, seed: 7);
            await Task.Run(() => DataGeneration.Run(new GenerateRequest(data, markets, [_hour]), cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        using var resource = typeof(Quickstart).Assembly.GetManifestResourceStream("quickstart.json")!;
        using var text = new MemoryStream();
        await resource.CopyToAsync(text, cancellationToken).ConfigureAwait(false);
        return new JobText(JobCatalogue.Backtest, text.ToArray(), "quickstart.json", folder);
    }
}
