using System.Buffers.Binary;
using System.Collections.Concurrent;
using Granary.Engine.Market;
using Granary.Testing;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>
/// Files with changed bits, missing pieces and false descriptions give the same bars or one sentence. A changed value in a page without a
/// checksum is the one change that nothing shows, if it is still a valid price: such bars differ in values of their own, and no more.
/// </summary>
public sealed class MutatedParquetTests : IDisposable
{
    private static readonly string[] Kinds = ["flip", "cut", "hole", "footer", "bytes", "page", "swap", "extent"];

    private readonly ForeignFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Mutated_files_give_the_same_bars_or_one_sentence()
    {
        var sources = Sources();
        var counts = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var each = TestEffort.Of(16, 625);
        foreach (var (name, bytes, bars) in sources)
        {
            for (var i = 0; i < each; i++)
            {
                var kind = Kinds[i % Kinds.Length];
                var random = new Random(i * 31 + name.Length);
                var result = await ReadAsync(Mutated(bytes, kind, random), bars).WaitAsync(TimeSpan.FromSeconds(60));
                counts.AddOrUpdate($"{(name is "g" or "h" ? "with checksums" : "without")}, {kind}: {result}", 1, (_, n) => n + 1);
            }
        }
        foreach (var (key, count) in counts.OrderBy(c => c.Key, StringComparer.Ordinal)) TestContext.Current.SendDiagnosticMessage($"{key}: {count}");
        counts.Keys.ShouldNotContain(k => k.EndsWith("crash", StringComparison.Ordinal));
        // A checksum notices each change of a page, and a file that lost bytes is noticed without one.
        counts.Keys.ShouldNotContain(k => k.StartsWith("with checksums, page: other", StringComparison.Ordinal));
        counts.Keys.ShouldNotContain(k => k.Contains(", cut: other", StringComparison.Ordinal));
    }

    private List<(string Name, byte[] Bytes, Bars Bars)> Sources()
    {
        _files.Run("create table typed as select timestamp::timestamptz as timestamp, open::float as open, high::decimal(9,2) as high, "
            + "low::decimal(18,4) as low, close::decimal(38,6) as close, case when volume % 7 = 0 then null else volume::int end as volume, "
            + "'AAPL' as symbol from bars limit 2500");
        string[] files =
        [
            _files.Parquet("a/A.parquet", options: "compression snappy, row_group_size 2048"),
            _files.Parquet("b/A.parquet", options: "compression uncompressed, row_group_size 2048"),
            _files.Parquet("c/A.parquet", "select * from typed", "compression zstd, row_group_size 2048"),
            _files.Parquet("d/A.parquet", "select * from typed", "compression gzip, parquet_version v2"),
            _files.Parquet("e/A.parquet", "select * from typed", "compression lz4_raw, parquet_version v2"),
            _files.Parquet("f/A.parquet", "select * from typed", "compression brotli, row_group_size 2048"),
            ChecksummedFile.Write(_files.At("g/A.parquet"), ParquetSharp.Compression.Uncompressed),
            ChecksummedFile.Write(_files.At("h/A.parquet"), ParquetSharp.Compression.Snappy),
        ];
        return [.. files.Select(f => (Path.GetFileName(Path.GetDirectoryName(f)!), File.ReadAllBytes(f),
            Bars.Of("parquet:" + Path.GetDirectoryName(f), "A", Timeframe.M1).GetAwaiter().GetResult()))];
    }

    private async Task<string> ReadAsync(byte[] mutated, Bars original)
    {
        File.WriteAllBytes(_files.At("m/A.parquet"), mutated);
        try
        {
            var bars = await Bars.Of("parquet:" + _files.At("m"), "A", Timeframe.M1);
            return bars.ContentHash == original.ContentHash ? "same" : Differ(bars, original);
        }
        catch (BarDataException e)
        {
            e.Message.ShouldStartWith(_files.At("m"));
            e.Message.ShouldNotContain("\n");
            e.Message.ShouldContain("; ");
            return "refused";
        }
        catch (Exception e) when (e is not ShouldAssertException)
        {
            TestContext.Current.SendDiagnosticMessage($"{e}");
            return $"{e.GetType().Name} crash";
        }
    }

    private static string Differ(Bars bars, Bars original) => bars.All.Count != original.All.Count ? "other count"
        : bars.All.Select(b => b.Time).SequenceEqual(original.All.Select(b => b.Time)) ? "other values" : "other times";

    private static byte[] Mutated(byte[] original, string kind, Random random)
    {
        var bytes = original.ToArray();
        var footer = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 8));
        var pages = bytes.Length - 8 - footer;
        switch (kind)
        {
            case "flip":
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case "cut":
                return bytes[..random.Next(bytes.Length)];
            case "hole":
                var at = random.Next(4, bytes.Length - 40);
                return [.. bytes[..at], .. bytes[(at + random.Next(1, 32))..]];
            case "footer":
                for (var i = random.Next(1, 4); i > 0; i--) bytes[pages + random.Next(footer)] = (byte)random.Next(256);
                return bytes;
            case "bytes":
                for (var i = 0; i < 8; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case "page":
                for (var i = random.Next(1, 4); i > 0; i--) bytes[random.Next(4, pages)] ^= (byte)random.Next(1, 256);
                return bytes;
            case "swap":
                var (a, b, n) = (random.Next(4, pages - 64), random.Next(4, pages - 64), random.Next(1, 64));
                var piece = bytes.AsSpan(a, n).ToArray();
                bytes.AsSpan(b, n).CopyTo(bytes.AsSpan(a));
                piece.CopyTo(bytes.AsSpan(b));
                return bytes;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - 8),
                    random.Next(2) == 0 ? random.Next() : footer + random.Next(-50, 50));
                return bytes;
        }
    }
}
