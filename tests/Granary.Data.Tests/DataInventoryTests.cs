using Granary.Data.BarFiles;
using Granary.Data.Files;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests;

public sealed class DataInventoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Generated_timeframes_are_found_by_the_source_in_their_folders()
    {
        var markets = DataGeneration.Markets(["ACME"], Read.Utc("2022-01-01"), Read.Utc("2022-02-01"), 1);
        DataGeneration.Run(new GenerateRequest(_folder.Path, markets, [Timeframe.H1, Timeframe.D1]));
        var source = TestCatalogues.Sources.Open(Address.Parse("csv:" + Path.GetFileName(_folder.Path), Path
            .GetDirectoryName(_folder.Path)));
        await using var hours = await source.OpenAsync(new BarQuery("ACME", Timeframe.H1));
        await using var days = await source.OpenAsync(new BarQuery("ACME", Timeframe.D1));
        (hours.Count, days.Count).ShouldBe((21 * 7, 21));
    }

    [Fact]
    public void A_full_disk_is_called_so()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("needs /dev/full, the device that is always full");
        var full = Should.Throw<IOException>(() =>
        {
            using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write("bars"u8);
        });
        FileFaults.Writing("store/X/1d.bars", full).ShouldBeOfType<BarStoreException>().Message
            .ShouldBe("store/X/1d.bars: the disk is full, and nothing was changed; free some space and run it again");
    }

    [Fact]
    public void Writing_that_stops_half_way_leaves_the_old_file_and_no_rubbish()
    {
        var path = _folder.Write("out/a.csv", "old");
        IEnumerable<Bar> Broken()
        {
            yield return new Bar(Read.Utc("2020-01-01"), 1, 2, 1, 2, 3);
            throw new InvalidOperationException("stop");
        }
        Should.Throw<InvalidOperationException>(() => BarCsvWriter.Write(path, Timeframe.D1, Broken()));
        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldHaveSingleItem();
    }
}
