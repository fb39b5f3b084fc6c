using Granary.Data.Sources;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Synthetic;

public sealed class GeneratedBarSourceTests
{
    [Fact]
    public async Task Generated_markets_are_those_of_the_files_that_data_generate_writes()
    {
        using var folder = new TempFolder();
        const string source = "generated:ACME,BTCUSDT?from=2024-01-02&to=2024-02-01&seed=7";
        DataGeneration.Run(new GenerateRequest(folder.Path,
            DataGeneration.Markets(["ACME", "BTCUSDT"], Read.Utc("2024-01-02"), Read.Utc("2024-02-01"), 7), [Timeframe.H1]));
        var generated = TestCatalogues.Sources.Open(Address.Parse(source));
        var files = TestCatalogues.Sources.Open(Address.Parse("csv:" + folder.Path));
        (await generated.ListSymbolsAsync(Timeframe.H1)).ShouldBe(await files.ListSymbolsAsync(Timeframe.H1));
        foreach (var symbol in new[] { "ACME", "BTCUSDT" })
        {
            foreach (var from in new long?[] { null, Read.Utc("2024-01-10") })
            {
                var query = new BarQuery(symbol, Timeframe.H1, from);
                await using var made = await generated.OpenAsync(query);
                await using var read = await files.OpenAsync(query);
                (made.Count, made.ContentHash).ShouldBe((read.Count, read.ContentHash));
                made.Instrument.ShouldBe(read.Instrument);
            }
        }
    }

    [Theory]
    [InlineData("generated:ACME", "from is missing")]
    [InlineData("generated:ACME?from=2024-01-01&to=2024-02-01&sed=1", "did you mean seed?")]
    [InlineData("generated:ACME?from=2024-01-01&to=2024-02-01&seed=x", "seed cannot be 'x'")]
    [InlineData("generated:../x?from=2024-01-01&to=2024-02-01", "cannot be a file's name")]
    public void A_wrong_address_is_an_error_of_one_sentence(string source, string fault) =>
        Should.Throw<BarDataException>(() => TestCatalogues.Sources.Open(Address.Parse(source))).Message.ShouldContain(fault);
}
