using System.Globalization;
using System.IO.Compression;
using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.FolderStore;
using Granary.Data.Import;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Fuzz;

/// <summary>
/// Damaged files are refused with a sentence or read as what they say: never a crash, a hang, or a bar that the text does not have.
/// GRANARY_FUZZ=100000 runs that many per dialect; the ordinary run takes some seconds.
/// </summary>
public sealed class ParserFuzzTests
{
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("GRANARY_FUZZ"), CultureInfo.InvariantCulture, out var n) ? n : 400;

    private delegate Bar? Reference(string[] fields);

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private static double Number(string text) => double.Parse(text.Trim(), NumberStyles.Float, Invariant);

    private static double Volume(string text) => text.Trim().Length == 0 ? 0 : Number(text);

    // DateTime.Parse knows nothing of TimestampReader. Days are dated by their own wall.
    private static long Time(string text, bool day = true)
    {
        // A semicolon between date and time, and compact times of day, are spellings that .NET does not know.
        var t = text.Trim().Replace(';', ' ');
        var space = t.IndexOf(' ');
        if (space > 0 && t.Length - space is 5 or 7 && t.AsSpan(space + 1).IndexOfAnyExceptInRange('0', '9') < 0)
            t = t.Insert(space + 3, ":") is var c && c.Length - space == 8 ? c.Insert(space + 6, ":") : c;
        var parsed = DateTimeOffset.Parse(t, Invariant, DateTimeStyles.AssumeUniversal);
        return day ? parsed.Date.Ticks : parsed.UtcTicks;
    }

    private static Bar Row(long time, string[] f, int open, int volume) =>
        new(time, Number(f[open]), Number(f[open + 1]), Number(f[open + 2]), Number(f[open + 3]), volume < f.Length ? Volume(f[volume])
            : 0);

    [Theory]
    [InlineData("generic", 1)]
    [InlineData("yahoo", 2)]
    [InlineData("backtrader", 3)]
    [InlineData("lean", 5)]
    [InlineData("headless", 6)]
    public void A_damaged_csv_is_refused_or_read_as_what_it_says(string dialect, int seed)
    {
        var (text, timeframe, options, header, reference) = Sample(dialect);
        using var folder = new TempFolder(inMemory: true);
        var random = new Random(seed);
        // The folder tells LEAN's format that these are stocks.
        var path = folder.Write("equity/usa/daily/x.csv", "");
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var headerLength = header ? Encoding.UTF8.GetByteCount(text.AsSpan(0, text.IndexOf('\n') + 1)) : 0;
            var bytes = Encoding.UTF8.GetBytes(text);
            var whole = random.Next(4) == 0;
            // With the header left alone the independent reading knows the columns.
            var mutated = whole ? Mutation.Of(bytes, random) : [.. bytes[..headerLength], .. Mutation.Of(bytes[headerLength..], random)];
            File.WriteAllBytes(path, mutated);
            List<Bar> bars;
            try
            {
                bars = Bars(path, timeframe, options);
            }
            catch (BarDataException e)
            {
                e.Message.ShouldContain("; ");
                e.Message.ShouldNotContain("\n");
                continue;
            }
            WellFormed(bars);
            if (whole) continue;
            read++;
            var expected = Slowly(Encoding.UTF8.GetString(mutated[headerLength..]), dialect == "yahoo", reference);
            if (expected.Count > 1 && expected[0].Time > expected[1].Time) expected.Reverse();
            bars.ShouldBe(expected, $"{dialect}, seed {seed}, round {round}: {Encoding.UTF8.GetString(mutated)}");
        }
        read.ShouldBeGreaterThan(Rounds / 20);
    }

    // Without a task for each file, of which there are a great many.
    private static List<Bar> Bars(string path, string timeframe, BarFileOptions options)
    {
        var query = new BarQuery("X", Timeframe.Parse(timeframe));
        var (parts, factors) = BarFile.Parts([path], query, options);
        return Read.All(BarFileSeries.Open(parts, query, options, factors));
    }

    private static void WellFormed(List<Bar> bars)
    {
        for (var i = 0; i < bars.Count; i++)
        {
            var b = bars[i];
            (b.Low > 0 && b.Low <= b.Open && b.Low <= b.Close && b.High >= b.Open && b.High >= b.Close && double.IsFinite(b.High)
                && b.Volume >= 0 && double.IsFinite(b.Volume)).ShouldBeTrue();
            if (i > 0) b.Time.ShouldBeGreaterThan(bars[i - 1].Time);
        }
    }

    private static List<Bar> Slowly(string text, bool nulls, Reference reference)
    {
        var bars = new List<Bar>();
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
        {
            if (line.TrimEnd('\r').Trim(' ').Length == 0) continue;
            // Remarks may stand above the first row.
            if (bars.Count == 0 && line.StartsWith('#') && !line.Contains(',')) continue;
            var fields = Fields(line.TrimEnd('\r'));
            if (nulls && fields[1..6].All(f => f.Trim().Equals("null", StringComparison.OrdinalIgnoreCase))) continue;
            if (reference(fields) is { } bar) bars.Add(bar);
        }
        return bars;
    }

    private static string[] Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        var start = true;
        foreach (var c in line)
        {
            if (quoted)
            {
                if (c == '"') quoted = false;
                else field.Append(c);
            }
            else if (c == '"' && start)
            {
                quoted = true;
                start = false;
            }
            else if (c == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
                start = true;
            }
            else
            {
                field.Append(c);
                start = false;
            }
        }
        fields.Add(field.ToString());
        return [.. fields];
    }

    private static (string Text, string Timeframe, BarFileOptions Options, bool Header, Reference Reference) Sample(string dialect)
    {
        var text = new StringBuilder();
        var raw = new BarFileOptions { Adjust = false };
        for (var i = 0; i < 25; i++)
        {
            var day = new DateTime(2020, 1, 20).AddDays(i);
            var minute = new DateTime(2020, 1, 20, 9, 30, 0).AddMinutes(i);
            var prices = string.Create(Invariant, $"{100 + i * 0.25},{102.5 + i},{99.125},{101 + i * 0.5:F4}");
            switch (dialect)
            {
                case "generic":
                    text.Append($"{minute:yyyy-MM-dd HH:mm:ss},{prices},{i * 10}\n");
                    break;
                case "yahoo":
                    text.Append(i == 7 ? $"{day:yyyy-MM-dd},null,null,null,null,null,null\n"
                        : $"{day:yyyy-MM-dd},{prices},95.123456,{i * 10}\n");
                    break;
                case "backtrader":
                    text.Append($"{minute:yyyy-MM-dd},{minute:HH:mm:ss},{prices},{i * 10},0\n");
                    break;
                case "lean":
                    text.Append($"{day:yyyyMMdd} 00:00,{1000000 + i},{1020000 + i},{990000 + i},"
                    + $"{1010000 + i},{i * 100}\n");
                    break;
                default:
                    text.Append($"{day:yyyy-MM-dd},{prices},{i * 10}\n");
                    break;
            }
        }
        return dialect switch
        {
            "generic" => ("time,open,high,low,close,volume\n" + text, "1m", raw, true, f => Row(Time(f[0], day: false), f, 1, 5)),
            "yahoo" => ("Date,Open,High,Low,Close,Adj Close,Volume\n" + text, "1d", raw, true, f => Row(Time(f[0]), f, 1, 6)),
            "backtrader" => ("Date,Time,Open,High,Low,Close,Volume,OpenInterest\n"
                + text, "1m", raw, true, f => Row(Time(f[0] + " " + f[1], day: false), f, 2, 6)),
            "lean" => (text.ToString(), "1d", raw with { Format = "lean" }, false, f => Lean(f)),
            _ => (text.ToString(), "1d", raw with { Format = "generic" }, false, f => Row(Time(f[0]), f, 1, 5)),
        };
    }

    private static long Epoch(string text)
    {
        var n = long.Parse(text.Trim(), NumberStyles.None, Invariant);
        return text.Trim().TrimStart('0').Length switch { <= 10 => n * 10_000_000, <= 13 => n * 10_000, <= 16 => n * 10, _ => n / 100 };
    }

    private static Bar Lean(string[] f)
    {
        var t = f[0].Trim();
        // The power of ten joins the exponent, so that the runtime rounds once.
        double Scaled(string s)
        {
            var e = s.IndexOfAny(['e', 'E']);
            return e < 0 ? Number(s.Trim() + "E-4")
                : Number($"{s[..e].Trim()}E{int.Parse(s[(e + 1)..].Trim(), NumberStyles.AllowLeadingSign, Invariant) - 4}");
        }

        return new Bar(DateTime.ParseExact(t[..8], "yyyyMMdd", Invariant).Ticks, Scaled(f[1]), Scaled(f[2]), Scaled(f[3]), Scaled(f[4]),
            Volume(f[5]));
    }

    [Fact]
    public void Damaged_json_is_refused_or_read_as_what_it_says()
    {
        var text = Encoding.UTF8.GetBytes("["
            + string.Join(", ", Enumerable.Range(0, 25)
                .Select(i => string.Create(Invariant,
                    $"[{1580376600000 + i * 60000}, {100 + i * 0.25}, {102.5 + i}, 99.125, {101 + i * 0.5}, {i}.5]"))) + "]");
        using var folder = new TempFolder(inMemory: true);
        var random = new Random(11);
        var path = Path.Combine(folder.Path, "x.json");
        for (var round = 0; round < Rounds; round++)
        {
            var mutated = Mutation.Of(text, random);
            File.WriteAllBytes(path, mutated);
            List<Bar> bars;
            try
            {
                bars = Bars(path, "1m", new BarFileOptions { Format = "json" });
            }
            catch (BarDataException)
            {
                continue;
            }
            WellFormed(bars);
            var records = Encoding.UTF8.GetString(mutated).TrimStart('\uFEFF').Split('[').Skip(2)
                .Select(r => r[..r.IndexOf(']')].Split(',')).ToList();
            var expected = records.Select(r =>
            {
                var f = r.Select(x => x.Trim(' ', '\t', '\r', '\n', '"')).ToArray();
                return new Bar(DateTime.UnixEpoch.Ticks + Epoch(f[0]), Number(f[1]), Number(f[2]), Number(f[3]), Number(f[4]),
                    Number(f[5]));
            }).ToList();
            if (expected.Count > 1 && expected[0].Time > expected[1].Time) expected.Reverse();
            bars.ShouldBe(expected, $"round {round}: {Encoding.UTF8.GetString(mutated)}");
        }
    }

    [Theory]
    [InlineData("zip", 21)]
    [InlineData("gz", 22)]
    public void A_damaged_archive_is_refused_or_read_as_what_was_packed(string kind, int seed)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 25)
            .Select(i => string.Create(Invariant,
                $"{new DateTime(2020, 1, 20).AddDays(i):yyyyMMdd} 00:00,{1000000 + i},"
                    + $"{1020000 + i},{990000 + i},{1010000 + i},{i * 100}\n"))));
        using var folder = new TempFolder(inMemory: true);
        var packed = new MemoryStream();
        if (kind == "zip")
        {
            using var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true);
            using var entry = zip.CreateEntry("x.csv").Open();
            entry.Write(text);
        }
        else
        {
            using var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(text);
        }
        var lean = new BarFileOptions { Format = "lean", Adjust = false };
        var path = folder.Write($"equity/usa/daily/x.{(kind == "zip" ? "zip" : "csv.gz")}", packed.ToArray());
        var whole = Bars(path, "1d", lean);
        whole.Count.ShouldBe(25);
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            File.WriteAllBytes(path, Mutation.Of(packed.ToArray(), random));
            List<Bar> bars;
            try
            {
                bars = Bars(path, "1d", lean);
            }
            catch (Exception e) when (e is BarDataException or BarStoreException)
            {
                e.Message.ShouldContain(path);
                continue;
            }
            bars.ShouldBe(whole, $"{kind}, seed {seed}, round {round}: its checksum was right");
        }
    }

    [Fact]
    public async Task Damaged_factor_map_and_bar_files_are_refused_or_read()
    {
        using var folder = new TempFolder(inMemory: true);
        var random = new Random(12);
        var factors = Encoding.UTF8.GetBytes("19980102,0.8613657,0.00892857,1\n20000620,0.8613657,0.00892857,101\n20501231,1,1,0\n");
        var map = Encoding.UTF8.GetBytes("20140327,goocv,Q\n20140402,goocv,Q\n20501231,goog,Q\n");
        var csv = folder.Write("a.csv", "time,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n");
        var store = Path.Combine(folder.Path, "store");
        _ = await BarImport.RunAsync(new ImportRequest([csv], Address.Parse(store), "A", Timeframe.D1, new BarFileOptions()),
            TestCatalogues.Stores);
        var bars = File.ReadAllBytes(Path.Combine(store, "A", "1d.bars"));
        for (var round = 0; round < Rounds; round++)
        {
            try
            {
                _ = LeanFactorFile.Read(folder.Write("f.csv", Mutation.Of(factors, random))).FactorOn(730000);
            }
            catch (BarDataException)
            {
                // Refused with a sentence.
            }
            try
            {
                _ = LeanMapFile.Read(folder.Write("m.csv", Mutation.Of(map, random)));
            }
            catch (BarDataException)
            {
                // Refused with a sentence.
            }
            folder.Write("store/A/1d.bars", Mutation.Of(bars, random));
            try
            {
                await using var series = await new StoreBarSource(store).OpenAsync(new BarQuery("A", Timeframe.D1));
                Read.All(series).Select(b => b.Close).ShouldBe([2, 2]);
            }
            catch (BarDataException)
            {
                // Refused with a sentence.
            }
        }
    }
}
