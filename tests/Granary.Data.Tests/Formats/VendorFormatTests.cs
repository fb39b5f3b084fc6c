using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Data.Tests.Fuzz;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Data.Tests.Formats;

/// <summary>Files of vendors: recognised without options, read as the bars that they were written from, refused with a sentence.</summary>
public sealed class VendorFormatTests : IDisposable
{
    private static readonly BarFileOptions Raw = new() { Adjust = false };
    private readonly TempFolder _folder = new(inMemory: true);

    public static TheoryData<string> Files { get; } = [.. VendorSamples.All.Select(s => s.File)];

    public void Dispose() => _folder.Dispose();

    private static VendorSample Sample(string file) => VendorSamples.All.Single(s => s.File == file);

    private string Write(VendorSample sample, string? text = null) => _folder.Write(sample.File, text is null ? sample.Bytes
        : [.. sample.Encoding.GetPreamble(), .. sample.Encoding.GetBytes(text)]);

    /// <summary>GRANARY_WRITE_SAMPLES=1 writes the files again.</summary>
    [Fact]
    public void Sample_files_are_those_that_the_generator_writes()
    {
        var folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "formats");
        foreach (var sample in VendorSamples.All)
        {
            var path = Path.Combine(folder, sample.File);
            if (Environment.GetEnvironmentVariable("GRANARY_WRITE_SAMPLES") == "1")
            {
                Directory.CreateDirectory(folder);
                File.WriteAllBytes(path, sample.Bytes);
            }
            File.ReadAllBytes(path).ShouldBe(sample.Bytes, sample.File);
        }
        Directory.GetFiles(folder).Length.ShouldBe(VendorSamples.All.Count);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_a_vendor_is_recognised_and_read_as_it_was_written(string file)
    {
        var sample = Sample(file);
        var series = Read.Open(Write(sample), sample.Timeframe, Raw, symbol: sample.Symbol);
        series.Format.ShouldBe(sample.Format);
        Read.All(series).ShouldBe(sample.Bars);
        Read.Bars(_folder.WriteGzip("packed.csv.gz", sample.Text), sample.Timeframe, Raw, sample.Symbol).ShouldBe(sample.Bars);
        Read.Bars(Write(sample), sample.Timeframe, Raw with { Format = sample.Format }, sample.Symbol).ShouldBe(sample.Bars);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_damaged_price_is_refused_with_file_line_and_remedy(string file)
    {
        var sample = Sample(file);
        var lines = sample.Text.Split('\n');
        var damaged = lines.Length / 2;
        // The high is in every layout, and its text in no other field but another price.
        var price = sample.Bars.SelectMany(bar => Spellings(bar.High)).First(text => lines[damaged].Contains(text));
        var end = lines[damaged].IndexOf(price, StringComparison.Ordinal) + price.Length;
        lines[damaged] = lines[damaged][..(end - 1)] + "o" + lines[damaged][end..];
        var fault = Read.Fault(Write(sample, string.Join('\n', lines)), sample.Timeframe, Raw, sample.Symbol);
        fault.ShouldContain(sample.File);
        fault.ShouldContain($"line {damaged + 1}");
        fault.ShouldContain("; ");
    }

    // A short text could be part of a time or of a volume.
    private static IEnumerable<string> Spellings(double price) =>
        new[] { FormattableString.Invariant($"{price}"), FormattableString.Invariant($"{(decimal)price * 1_000_000_000m:0}"),
            FormattableString.Invariant($"{price}").Replace('.', ','), FormattableString.Invariant($"{price:#,##0.00}") }
            .Where(text => text.Length >= 5);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_damaged_file_is_refused_with_a_sentence_or_read_as_bars(string file)
    {
        var sample = Sample(file);
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("GRANARY_FUZZ"), out var n) ? n : 150;
        byte[] whole = [.. sample.Encoding.GetPreamble(), .. sample.Encoding.GetBytes(string.Join('\n', sample.Text.Split('\n').Take(14)))];
        var random = new Random(17);
        var refused = 0;
        for (var round = 0; round < rounds; round++)
        {
            var path = _folder.Write(sample.File, Mutation.Of(random.Next(3) == 0 ? sample.Bytes : whole, random));
            try
            {
                (await new CsvBarSource(_folder.Path).ListSymbolsAsync(Timeframe.Parse(sample.Timeframe))).ShouldNotBeNull();
                var bars = Read.Bars(path, sample.Timeframe, round % 2 == 0 ? Raw : Raw with { Format = sample.Format },
                    sample.Symbol);
                for (var i = 1; i < bars.Count; i++) bars[i].Time.ShouldBeGreaterThan(bars[i - 1].Time);
                bars.ShouldAllBe(b => b.Low > 0 && b.Low <= b.Open && b.Low <= b.Close && b.High >= b.Open && b.High >= b.Close
                    && double.IsFinite(b.High) && b.Volume >= 0);
            }
            catch (BarDataException e)
            {
                refused++;
                e.Message.ShouldContain(sample.File);
                e.Message.ShouldContain("; ");
                e.Message.ShouldNotContain("\n");
            }
        }
        refused.ShouldBeGreaterThan(rounds / 10);
    }

    [Fact]
    public void An_answer_of_Alpha_Vantage_without_bars_is_refused_with_its_own_words()
    {
        var path = _folder.Write("x.json", "{ \"Information\": \"the daily limit is reached\" }");
        Read.Fault(path).ShouldContain("Alpha Vantage answered 'the daily limit is reached' and no bars");
    }

    [Fact]
    public void A_json_object_of_no_known_layout_is_refused()
    {
        Read.Fault(_folder.Write("x.json", "{ \"bars\": [] }")).ShouldContain("a JSON object of a layout that Granary does not know");
    }

    [Fact]
    public void Bars_of_seconds_are_refused_by_their_record_type()
    {
        var path = _folder.Write("x.csv", "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume\n"
            + "1704205800000000000,32,2,15144,1000000000,1000000000,1000000000,1000000000,5\n");
        Read.Fault(path, "1m").ShouldContain("this holds bars of a second");
    }

    [Fact]
    public void Dates_of_a_European_table_that_do_not_tell_are_read_day_first_without_a_note()
    {
        var series = Read.Open(
            _folder.Write("x.csv", "Date;Ouverture;Plus haut;Plus bas;Clôture\n01/02/2024;1,5;2,5;1,25;2\n02/03/2024;1,5;2,5;1,25;2\n"));
        Read.All(series)[0].Time.ShouldBe(Read.Utc("2024-02-01"));
        series.Notes.ShouldNotContain(note => note.Contains("month first"));
    }

    [Theory]
    [InlineData("1.234,56", false, "1234.56")]
    [InlineData("1 234,5", false, "1234.5")]
    [InlineData("12,5K", true, "12.5e3")]
    [InlineData("-", true, "0")]
    [InlineData("1.23", false, null)]
    [InlineData("1.2345,6", false, null)]
    [InlineData("1,2,3", false, null)]
    [InlineData("12,5K", false, null)]
    public void Numbers_with_a_decimal_comma_are_rewritten_or_refused(string text, bool ofVolume, string? expected) =>
        Granary.Data.Text.WrittenNumber.Plain(text, decimalComma: true, ofVolume, withUnits: true).ShouldBe(expected);
}
