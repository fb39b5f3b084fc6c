using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Store;

/// <summary>Sources and stores of a confined server while a thread replaces their folders by links to a folder outside.</summary>
public sealed class SwappedFoldersTests : IDisposable
{
    private const int Tries = 200;

    private readonly string _root = Directory.CreateTempSubdirectory("granary-swapped-").FullName;
    private readonly Place _place;

    public SwappedFoldersTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "replaces folders while they are used");
        foreach (var (folder, price) in (ReadOnlySpan<(string, int)>)[("data/bars", 1), ("outside", 7)])
        {
            var made = Directory.CreateDirectory(Path.Combine(_root, folder)).FullName;
            File.WriteAllLines(Path.Combine(made, "A.csv"), ["date,open,high,low,close,volume",
                .. Enumerable.Range(1, 20).Select(d => $"2020-01-{d:00},{price},{price},{price},{price},1")]);
        }
        File.Copy(In("data/bars/A.csv"), In("data/A.csv"));
        Directory.CreateDirectory(In("data/store"));
        _place = new Place(In("data"), new Confinement(In("data"), []));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string In(string path) => Path.Combine(_root, path);

    [Fact]
    public async Task Bars_come_from_the_data_folder_or_not_at_all()
    {
        var (inside, all) = (0, 0);
        await WhileSwappedAsync("data/bars", async () =>
        {
            all++;
            var source = TestCatalogues.Sources.Open(_place.Address("csv:bars"));
            (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBeSubsetOf(["A"]);
            await using var series = await source.OpenAsync(new BarQuery("A", Timeframe.D1));
            await foreach (var block in series.ReadAsync()) block.Close[0].ShouldBe(1);
            inside++;
        }, () => inside >= Tries / 4 && all >= Tries);
    }

    [Fact]
    public async Task An_import_reads_and_writes_in_the_data_folder_alone()
    {
        var (inside, all) = (0, 0);
        await WhileSwappedAsync("data/store", async () =>
        {
            all++;
            await BarImport.RunAsync(new ImportRequest([In("data/A.csv")], _place.Address("store"), $"S{all % 9}", Timeframe.D1,
                new BarFileOptions { Files = _place.Files }), TestCatalogues.Stores);
            inside++;
        }, () => inside >= Tries / 4 && all >= Tries);
    }

    private async Task WhileSwappedAsync(string path, Func<Task> work, Func<bool> enough)
    {
        var before = Listed();
        var (folder, away) = (In(path), In("data/away"));
        using var stop = new CancellationTokenSource();
        var attacker = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(folder, away);
                Tried(() => Directory.CreateSymbolicLink(folder, In("outside")));
                Thread.Yield();
                Tried(() => File.Delete(folder));
                // An import may have made the folder again.
                while (!Tried(() => Directory.Move(away, folder))) Tried(() => Directory.Delete(folder, recursive: true));
                Thread.Yield();
            }
        });
        attacker.Start();
        try
        {
            while (!enough())
                try
                {
                    await work();
                }
                catch (Exception e) when (e is BarDataException or BarStoreException)
                {
                    // The folder was away, or a link, at that moment.
                }
        }
        finally
        {
            await stop.CancelAsync();
            attacker.Join();
        }
        Listed().ShouldBe(before);
    }

    private List<string> Listed() => [.. Directory.EnumerateFileSystemEntries(In("outside"), "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(f => $"{f} {File.ReadAllText(f)}")];

    private static bool Tried(Action what)
    {
        try
        {
            what();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
