using Granary.Data.BarFiles;
using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Xunit;

namespace SampleDataPlugin.Tests;

public sealed class CentsFormatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-format-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<List<Bar>> ReadAsync(string text, string format)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "TEST.csv"), text);
        var formats = new BarFormatCatalogue(
            new CatalogueBuilder<BarFormat>("file format").AddFrom<BarFormat, BarFormatAttribute>(typeof(CentsFormat).Assembly));
        var source = new CsvBarSource(_folder, new BarFileOptions { Format = format, Formats = formats });
        await using var series = await source.OpenAsync(new BarQuery("TEST", Timeframe.D1));
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync())
            for (var i = 0; i < block.Count; i++)
                bars.Add(block[i]);
        return bars;
    }

    [Theory]
    [InlineData("cents")]
    [InlineData("auto")]
    public async Task It_reads_prices_in_hundredths_and_the_time_in_the_last_column(string format)
    {
        var bars = await ReadAsync("1050,1000,1100,1025,300,2024-01-02\n1040,1010,1060,1050,200,2024-01-03\n", format);
        Assert.Equal(new Bar(new DateTime(2024, 1, 2).Ticks, 10.25, 11, 10, 10.5, 300), bars[0]);
        Assert.Equal(new Bar(new DateTime(2024, 1, 3).Ticks, 10.5, 10.6, 10.1, 10.4, 200), bars[1]);
    }

    [Fact]
    public async Task A_file_of_another_format_is_refused() =>
        await Assert.ThrowsAsync<BarDataException>(() => ReadAsync("time,open,high,low,close\n2024-01-02,1,2,1,2\n", "cents"));
}
