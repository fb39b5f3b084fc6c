using Granary.Data.BarFiles;
using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Xunit;

namespace Granary.Testing.Formats;

/// <summary>The rules of every file format, as tests: derive a class, and give it a file and its bars.</summary>
public abstract class FormatContractTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-format-").FullName;

    /// <summary>The name of the format; its class is in the assembly of the test's format type.</summary>
    protected abstract BarFormat Format { get; }

    /// <summary>A file of the format, of at least two bars.</summary>
    protected abstract string Text { get; }

    /// <summary>The bars of the file.</summary>
    protected abstract IReadOnlyList<Bar> Bars { get; }

    /// <summary>The bars' timeframe.</summary>
    protected virtual Timeframe Timeframe => Timeframe.D1;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads a text as a file, with a format's name or <c>auto</c>.</summary>
    /// <exception cref="BarDataException">The text is not of the format, or a row is wrong.</exception>
    protected async Task<IReadOnlyList<Bar>> ReadAsync(string text, string format)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "TEST.csv"), text);
        var builder = new CatalogueBuilder<BarFormat>("file format").AddFrom<BarFormat, BarFormatAttribute>(typeof(BarFormat).Assembly);
        if (Format.GetType().Assembly != typeof(BarFormat).Assembly)
            builder.AddFrom<BarFormat, BarFormatAttribute>(Format.GetType().Assembly);
        var source = new CsvBarSource(_folder, new BarFileOptions { Format = format, Formats = new BarFormatCatalogue(builder) });
        await using var series = await source.OpenAsync(new BarQuery("TEST", Timeframe));
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync())
            for (var i = 0; i < block.Count; i++)
                bars.Add(block[i]);
        return bars;
    }

    [Fact]
    public async Task Its_file_gives_its_bars() => Assert.Equal(Bars, await ReadAsync(Text, Format.Name));

    [Fact]
    public async Task Its_file_is_recognised_without_a_name() => Assert.Equal(Bars, await ReadAsync(Text, "auto"));

    [Fact]
    public async Task A_file_of_another_format_is_refused() => await Assert.ThrowsAsync<BarDataException>(
        () => ReadAsync("no,such,column\nthis,is,text\nand,this,too\n", Format.Name));

    [Fact]
    public async Task A_file_that_ends_within_a_row_gives_bars_of_the_file_or_one_sentence()
    {
        for (var length = 1; length < Text.Length; length += Math.Max(1, Text.Length / 60))
            try
            {
                var bars = await ReadAsync(Text[..length], Format.Name);
                // The last row may be cut within its last number.
                Assert.Equal(Bars.Take(bars.Count - 1), bars.SkipLast(1));
            }
            catch (BarDataException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
    }
}
