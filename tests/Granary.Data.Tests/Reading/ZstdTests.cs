using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;
using ZstdSharp;

namespace Granary.Data.Tests.Reading;

/// <summary>Files that zstd packed are read as their text is.</summary>
public sealed class ZstdTests : IDisposable
{
    private const string Header = "time,open,high,low,close,volume\n";

    private static readonly string s_rows = string.Concat(Enumerable.Range(0, 20_000)
        .Select(i => $"{new DateTime(2020, 1, 1).AddMinutes(i):yyyy-MM-dd HH:mm:ss},{i % 90 + 10},{i % 90 + 12},{i % 90 + 9},{i % 90 + 11},{i}\n"));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Packed(string text)
    {
        using var packer = new Compressor();
        packer.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return packer.Wrap(Encoding.UTF8.GetBytes(text)).ToArray();
    }

    private async Task<string> HashOf(string name)
    {
        await using var series = await new CsvBarSource(_folder.Path).OpenAsync(new BarQuery(name, Timeframe.M1));
        return series.ContentHash;
    }

    private string Fault(string name) =>
        Should.Throw<BarDataException>(() => HashOf(name).GetAwaiter().GetResult()).Message;

    [Fact]
    public async Task A_packed_file_has_the_bars_of_its_text()
    {
        _folder.Write("A.csv", Header + s_rows);
        _folder.Write("B.csv.zst", Packed(Header + s_rows));
        // Two frames behind one another, after one that programs skip.
        _folder.Write("C.zst", [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9, .. Packed(Header), .. Packed(s_rows)]);
        // The name does not decide.
        _folder.Write("D.csv", Packed(Header + s_rows));

        var hash = await HashOf("A");
        (await HashOf("B")).ShouldBe(hash);
        (await HashOf("C")).ShouldBe(hash);
        (await HashOf("D")).ShouldBe(hash);
    }

    [Fact]
    public void A_damaged_file_is_refused()
    {
        var packed = Packed(Header + s_rows);
        _folder.Write("CUT.csv.zst", packed[..^200]);
        _folder.Write("FLIP.csv.zst", [.. packed[..5000], (byte)(packed[5000] ^ 4), .. packed[5001..]]);
        _folder.Write("SUM.csv.zst", [.. packed[..^1], (byte)(packed[^1] ^ 1)]);

        Fault("CUT").ShouldBe(Path.Combine(_folder.Path, "CUT.csv.zst") + ": the compressed data is damaged; download or pack the file again");
        Fault("FLIP").ShouldContain("FLIP.csv.zst");
        Fault("SUM").ShouldContain("the compressed data is damaged");
    }

    [Fact]
    public void A_line_that_unpacks_to_more_than_a_million_characters_is_refused()
    {
        _folder.Write("BOMB.csv.zst", Packed(Header + s_rows + "2020-02-01," + new string('1', 200_000_000) + "\n"));
        Fault("BOMB").ShouldContain("longer than a million characters");
    }
}
