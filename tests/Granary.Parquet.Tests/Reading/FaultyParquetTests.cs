using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>
/// A file that cannot be read is refused with one sentence, which names the file, and row group, row and column if it has one.
/// </summary>
public sealed class FaultyParquetTests : IDisposable
{
    private readonly ForeignFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("case when volume < 0 then 0 else high end as high", "case when timestamp = '2020-01-08 11:30' then -1 else low end as low",
        "row group 2, row 3001, low: the price -1 is negative")]
    [InlineData("case when timestamp = '2020-01-08 11:30' then null else high end as high", "low",
        "row group 2, row 3001, high: the field is empty")]
    [InlineData("case when timestamp = '2020-01-08 11:30' then 'nan'::double else high end as high", "low",
        "row group 2, row 3001, high: 'NaN' is not a finite number")]
    [InlineData("case when timestamp = '2020-01-08 11:30' then low - 1 else high end as high", "low",
        "row group 2, row 3001, high: the high")]
    [InlineData("case when timestamp = '2020-01-08 11:30' then 'x' else high::varchar end as high", "low",
        "row group 2, row 3001, high: 'x' is not a number")]
    [InlineData("[high] as high", "low", "high: the column is a list, not one value a row")]
    [InlineData("{'a': high} as high", "low", "high: the column is a structure, not one value a row")]
    public async Task A_faulty_price_is_named(string high, string low, string message)
    {
        var path = _files.Parquet("p/A.parquet", $"select timestamp, open, {high}, {low}, close, volume from bars", "row_group_size 2048");
        (await Refused()).ShouldStartWith(path);
        (await Refused()).ShouldContain(message);
    }

    [Theory]
    [InlineData("timestamp - to_minutes(case when timestamp = '2020-01-08 11:30' then 200 else 0 end)", "row group 2, row 3001, timestamp: 2020-01-08 08:10:00 follows 2020-01-08 11:29:00")]
    [InlineData("date_trunc('hour', timestamp)", "is there twice")]
    [InlineData("timestamp + to_years(case when timestamp = '2020-01-08 11:30' then 1000 else 0 end)", "row 3001, timestamp: '3020-01-08 11:30:00' lies outside")]
    [InlineData("case when timestamp = '2020-01-08 11:30' then null else timestamp end", "row 3001, timestamp: the field is empty")]
    [InlineData("[timestamp]", "there are no rows with a time")]
    public async Task A_faulty_time_is_named(string time, string message)
    {
        _files.Parquet("p/A.parquet", $"select {time} as timestamp, open, high, low, close, volume from bars", "row_group_size 2048");
        (await Refused()).ShouldContain(message);
    }

    [Fact]
    public async Task An_encrypted_file_is_refused()
    {
        _files.Run("set force_mbedtls_unsafe = 'true'");
        _files.Run("pragma add_parquet_key('k', '0123456789112345')");
        _files.Parquet("p/A.parquet", options: "encryption_config {footer_key: 'k'}");
        (await Refused()).ShouldEndWith("A.parquet: the file is encrypted; write it without encryption");
    }

    [Theory]
    [InlineData(0, "the file is empty")]
    [InlineData(3, "neither a header nor a row")]
    [InlineData(4, "the file is cut off")]
    [InlineData(11, "the file is cut off")]
    [InlineData(4000, "the file is cut off")]
    public async Task A_cut_off_file_is_refused(int length, string message)
    {
        var path = _files.Parquet("p/A.parquet");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        (await Refused()).ShouldContain(message);
    }

    [Fact]
    public async Task A_file_without_rows_is_refused()
    {
        _files.Parquet("p/A.parquet", "select * from bars limit 0");
        (await Refused()).ShouldContain("A.parquet: there are no rows in it");
    }

    [Fact]
    public async Task A_file_of_lists_alone_is_refused()
    {
        _files.Parquet("p/A.parquet", "select [timestamp] as timestamp, [open] as open from bars");
        (await Refused()).ShouldContain("its columns are lists or structures");
    }

    [Fact]
    public async Task A_column_of_lists_that_no_bar_needs_is_passed_over()
    {
        _files.Parquet("p/A.parquet", "select [volume, 2] as l, {'a': 1, 'b': [2]} as s, *, map {'x': 1} as m from bars");
        (await Bars.Of("parquet:" + _files.At("p"), "A", Timeframe.M1)).All.Count.ShouldBe(6000);
    }

    [Fact]
    public async Task A_page_whose_bytes_changed_is_noticed_by_its_checksum()
    {
        var path = ChecksummedFile.Write(_files.At("p/A.parquet"), ParquetSharp.Compression.Uncompressed, 100);
        (await Bars.Of("parquet:" + _files.At("p"), "A", Timeframe.M1)).All.Count.ShouldBe(100);

        var bytes = File.ReadAllBytes(path);
        // A close in its dictionary, which stays a valid one.
        var at = bytes.AsSpan().LastIndexOf(BitConverter.GetBytes(105.5));
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
        (await Refused()).ShouldContain("row group 1, close: the Parquet data is damaged, since a page does not have its checksum");
    }

    [Fact]
    public async Task A_check_lists_the_faulty_rows()
    {
        _files.Parquet("p/A.parquet", "select timestamp, open, case when timestamp = '2020-01-08 11:30' then -1 else high end as high, low, close, volume "
            + "from bars", "row_group_size 2048");
        var options = new BarFileOptions { Formats = Bars.Catalogues.Formats };
        var report = await DataCheck.FileAsync(_files.At("p/A.parquet"), new BarQuery("A", Timeframe.M1), options);
        report.Findings.ShouldContain(f => f.Place == "row group 2, row 3001, high" && f.Sentence.Contains("-1 is negative"));
    }

    private async Task<string> Refused()
    {
        var message = (await Should.ThrowAsync<BarDataException>(() => Bars.Of("parquet:" + _files.At("p"), "A", Timeframe.M1))).Message;
        message.ShouldNotContain("\n");
        return message;
    }
}
