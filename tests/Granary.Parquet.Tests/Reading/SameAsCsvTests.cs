using Granary.Data.Reading;
using Granary.Engine.Market;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>A Parquet file and the CSV of the same table, both written by another program, have the same bars, hash and notes.</summary>
public sealed class SameAsCsvTests : IDisposable
{
    private readonly ForeignFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("compression snappy")]
    [InlineData("compression gzip")]
    [InlineData("compression zstd")]
    [InlineData("compression lz4_raw")]
    [InlineData("compression lz4")]
    [InlineData("compression brotli")]
    [InlineData("compression uncompressed")]
    [InlineData("compression zstd, parquet_version v2")]
    [InlineData("compression snappy, row_group_size 2048")]
    [InlineData("compression snappy, dictionary_size_limit 100000")]
    public Task Every_compression_and_encoding_is_read(string options) => Compare("select * from bars", options: options);

    [Theory]
    [InlineData("timestamp::timestamp_s")]
    [InlineData("timestamp::timestamp_ms")]
    [InlineData("timestamp")]
    [InlineData("timestamp::timestamp_ns")]
    [InlineData("timestamp::timestamptz")]
    [InlineData("epoch(timestamp)::bigint")]
    [InlineData("epoch_ms(timestamp)")]
    [InlineData("epoch_us(timestamp)")]
    [InlineData("epoch_ns(timestamp)")]
    [InlineData("epoch(timestamp)::double")]
    [InlineData("epoch(timestamp)::integer")]
    [InlineData("strftime(timestamp, '%Y-%m-%d %H:%M:%S')")]
    [InlineData("strftime(timestamp, '%d.%m.%Y %H:%M')")]
    [InlineData("strftime(timestamp, '%Y-%m-%dT%H:%M:%SZ')")]
    public Task Every_type_of_time_is_read(string time) =>
        Compare($"select {time} as time, open, high, low, close, volume from bars");

    [Theory]
    [InlineData("float")]
    [InlineData("decimal(9,2)")]
    [InlineData("decimal(18,4)")]
    [InlineData("decimal(38,6)")]
    [InlineData("varchar")]
    public Task Every_type_of_price_is_read(string type) =>
        Compare($"select timestamp, open::{type} as open, high::{type} as high, low::{type} as low, close::{type} as close, volume from bars");

    [Theory]
    [InlineData("bigint")]
    [InlineData("integer")]
    [InlineData("smallint")]
    [InlineData("utinyint")]
    [InlineData("uinteger")]
    [InlineData("ubigint")]
    [InlineData("hugeint")]
    [InlineData("float")]
    public Task Every_type_of_volume_is_read(string type) =>
        Compare($"select timestamp, open, high, low, close, (volume % 200)::{type} as volume from bars");

    [Theory]
    [InlineData("close + 0.0005")]
    [InlineData("close + 1.0 / 3")]
    [InlineData("high + 1e7")]
    [InlineData("high + 0.1 + 0.2")]
    public Task Prices_that_differ_late_in_the_file_have_the_decimals_of_the_CSV(string high) => Compare("select timestamp, open, "
        + $"case when timestamp > '2020-01-10 12:00:00' then greatest({high}, high) else high end as high, low, close, volume from bars");

    [Fact]
    public Task A_symbol_and_an_adjusted_close_are_taken_by_column() => Compare("select timestamp as \"Date\", 'A' as symbol, "
        + "open as \"Open\", high as \"High\", low as \"Low\", close as \"Close\", close * 0.9 as \"Adj Close\", "
        + "volume as \"Volume\" from bars");

    [Fact]
    public Task A_row_that_is_widened_by_rounding_is_noted_alike() => Compare("select timestamp, open, case when volume = 1000 then "
        + "greatest(open, close) * (1 - 1e-12) else high end as high, low, close, volume from bars");

    [Fact]
    public async Task A_part_of_the_times_is_cut_as_from_the_CSV()
    {
        _files.Parquet("p/A.parquet", options: "row_group_size 2048");
        _files.Csv("c/A.csv");
        foreach (var (from, to) in new[] { (1, 2), (500, 4000), (2047, 2049), (5999, 6500) })
        {
            var query = new BarQuery("A", Timeframe.M1) { From = Minute(from), To = Minute(to) };
            await using var parquet = await Bars.Source("parquet:" + _files.At("p")).OpenAsync(query);
            await using var csv = await Bars.Source("csv:" + _files.At("c")).OpenAsync(query);
            (parquet.Count, parquet.ContentHash).ShouldBe((csv.Count, csv.ContentHash));
        }

        static long Minute(int number) => new DateTime(2020, 1, 6, 9, 30, 0).AddMinutes(number).Ticks;
    }

    [Fact]
    public Task Dates_are_the_days_of_daily_bars() => Compare("select date '2020-01-01' + i::int as date, 10.5 as open, 11 as high, "
        + "10.25 as low, 10.75 as close, i * 10 as volume from range(300) t(i)", Timeframe.D1);

    [Fact]
    public Task A_date_and_a_time_of_day_are_one_time() =>
        Compare("select timestamp::date as date, timestamp::time as time, open, high, low, close, volume from bars");

    [Fact]
    public Task Missing_volumes_and_rows_without_prices_are_counted_alike() => Compare(
        "select timestamp as Date, case when volume % 7 <> 0 then open end as Open, case when volume % 7 <> 0 then high end as High, "
        + "case when volume % 7 <> 0 then low end as Low, case when volume % 7 <> 0 then close end as Close, "
        + "case when volume % 7 <> 0 then close end as \"Adj Close\", case when volume % 5 = 0 then null else volume end as Volume from bars");

    [Fact]
    public Task An_adjusted_close_adjusts() => Compare("select timestamp as \"Date\", open as \"Open\", high as \"High\", low as \"Low\", "
        + "close as \"Close\", close * 0.9 as \"Adj Close\", volume as \"Volume\" from bars");

    [Fact]
    public Task Rows_from_newest_to_oldest_are_turned_round() => Compare("select * from bars order by timestamp desc");

    [Fact]
    public Task A_close_alone_is_a_bar() => Compare("select timestamp as date, close as nav from bars");

    [Fact]
    public Task The_index_of_a_data_frame_is_its_time() =>
        Compare("select open, high, low, close, volume, timestamp as __index_level_0__ from bars");

    [Fact]
    public async Task Times_without_a_zone_are_of_the_given_one_and_times_in_UTC_are_not()
    {
        var options = new BarFileOptions { TimeZone = "America/New_York" };
        _files.Parquet("local/A.parquet");
        _files.Parquet("utc/A.parquet", "select timestamp::timestamptz as timestamp, open, high, low, close, volume from bars");
        var local = await Bars.Of("parquet:" + _files.At("local"), "A", Timeframe.M1, options);
        var utc = await Bars.Of("parquet:" + _files.At("utc"), "A", Timeframe.M1, options);

        local.All[0].OpenTime.ShouldBe(new DateTime(2020, 1, 6, 14, 30, 0, DateTimeKind.Utc));
        utc.All[0].OpenTime.ShouldBe(new DateTime(2020, 1, 6, 9, 30, 0, DateTimeKind.Utc));
    }

    [Fact]
    public async Task Further_columns_are_read()
    {
        const string Select = "select *, volume * 2 as interest, case when volume % 3 = 0 then null else 0.5::float end as funding, "
            + "volume % 2 = 0 as flag from bars";
        _files.Parquet("p/A.parquet", Select, "row_group_size 2048");
        _files.Csv("c/A.csv", Select.Replace("volume % 2 = 0", "(volume % 2 = 0)::int"));
        var parquet = await Bars.Of("parquet:" + _files.At("p"), "A", Timeframe.M1, null, "funding", "interest", "flag");
        var csv = await Bars.Of("csv:" + _files.At("c"), "A", Timeframe.M1, null, "funding", "interest", "flag");

        parquet.ContentHash.ShouldBe(csv.ContentHash);
        (await Bars.Source("parquet:" + _files.At("p")).ListColumnsAsync(new BarQuery("A", Timeframe.M1)))
            .ShouldBe(["interest", "funding", "flag"]);
    }

    private async Task Compare(string select, Timeframe? timeframe = null, string options = "compression snappy, row_group_size 2048")
    {
        _files.Parquet("p/A.parquet", select, options);
        _files.Csv("c/A.csv", select);
        var parquet = await Bars.Of("parquet:" + _files.At("p"), "A", timeframe ?? Timeframe.M1);
        var csv = await Bars.Of("csv:" + _files.At("c"), "A", timeframe ?? Timeframe.M1);

        parquet.All.Count.ShouldBeGreaterThan(290);
        parquet.All.ShouldBe(csv.All);
        parquet.ShouldBe(csv with { All = parquet.All });
    }
}
