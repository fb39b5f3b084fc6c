using System.Globalization;
using System.Text;
using Granary.Data.Synthetic;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Formats;

/// <summary>A file of generated bars in the layout of a vendor, and the bars that reading it should give.</summary>
public sealed record VendorSample(string File, string Format, string Timeframe, IReadOnlyList<Bar> Bars, string Text)
{
    /// <summary>What is asked for, where the file holds several symbols.</summary>
    public string Symbol { get; init; } = "X";

    public Encoding Encoding { get; init; } = new UTF8Encoding(false);

    public byte[] Bytes => [.. Encoding.GetPreamble(), .. Encoding.GetBytes(Text)];

    public override string ToString() => File;
}

/// <summary>Writes generated bars in the layouts of vendors; the files are in tests/Data/formats.</summary>
public static class VendorSamples
{
    private static readonly NumberFormatInfo German = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "." };
    private static readonly IReadOnlyList<Bar> Days = Generate("ACME", "2024-01-02", "2024-04-01", Timeframe.D1);
    private static readonly IReadOnlyList<Bar> StockHours = Generate("ACME", "2024-01-02", "2024-01-20", Timeframe.H1);
    private static readonly IReadOnlyList<Bar> CoinHours = Generate("COINUSDT", "2024-01-29", "2024-02-02", Timeframe.H1);
    private static readonly IReadOnlyList<Bar> CoinDays = Generate("COINUSDT", "2024-01-02", "2024-03-01", Timeframe.D1);

    public static IReadOnlyList<VendorSample> All { get; } =
    [
        .. Yahoo(), .. Stooq(), .. AlphaVantage(), .. Polygon(), .. Databento(), .. Charts(), .. Kraken(), .. Coins(), .. Dukascopy(),
        .. European(), .. Alpaca(), .. Platforms(), .. Spreadsheets(), .. SeveralSymbols(),
    ];

    private static List<Bar> Generate(string symbol, string from, string to, Timeframe timeframe) =>
        [.. MarketGenerator.Generate(DataGeneration.Markets([symbol], Read.Utc(from), Read.Utc(to), 11)[0], timeframe)];

    private static string Lines(string header, IEnumerable<Bar> bars, Func<Bar, string> row, string end = "\n") =>
        header + string.Concat(bars.Select(bar => row(bar) + end));

    private static string Records(string start, IEnumerable<Bar> bars, Func<Bar, string> record, string finish) =>
        start + "\n" + string.Join(",\n", bars.Select(record)) + "\n" + finish + "\n";

    private static DateTime Utc(Bar bar) => bar.OpenTime;

    private static DateTime In(string zone, Bar bar) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(bar.OpenTime, DateTimeKind.Utc), TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static long Unix(Bar bar) => (bar.Time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    private static IEnumerable<Bar> Newest(IReadOnlyList<Bar> bars) => bars.Reverse();

    private static IEnumerable<VendorSample> Yahoo()
    {
        yield return new("yfinance.csv", "yfinance", "1d", Days, Lines(
            "Price,Close,High,Low,Open,Volume\nTicker,ACME,ACME,ACME,ACME,ACME\nDate,,,,,\n", Days,
            b => $"{Utc(b):yyyy-MM-dd},{b.Close},{b.High},{b.Low},{b.Open},{b.Volume}"));
        yield return new("yfinance-adjusted.csv", "yfinance", "1d", Days, Lines(
            "Ticker,ACME,ACME,ACME,ACME,ACME,ACME\nPrice,Open,High,Low,Close,Adj Close,Volume\nDate,,,,,,\n", Days,
            b => $"{Utc(b):yyyy-MM-dd},{b.Open},{b.High},{b.Low},{b.Close},{b.Close / 2},{b.Volume}"));
        yield return new("yfinance-hours.csv", "yfinance", "1h", StockHours, Lines(
            "Price,Close,High,Low,Open,Volume\nTicker,ACME,ACME,ACME,ACME,ACME\nDatetime,,,,,\n", StockHours,
            b => $"{Utc(b):yyyy-MM-dd HH:mm:ss}+00:00,{b.Close},{b.High},{b.Low},{b.Open},{b.Volume}"));
    }

    private static IEnumerable<VendorSample> Stooq()
    {
        yield return new("stooq.txt", "stooq", "1h", StockHours, Lines(
            "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n", StockHours,
            b => $"ACME.US,60,{Utc(b):yyyyMMdd},{Utc(b):HHmmss},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume},0", "\r\n"));
        yield return new("stooq-pl.csv", "stooq", "1d", Days, Lines("Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n", Days,
            b => $"{Utc(b):yyyy-MM-dd},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
    }

    private static IEnumerable<VendorSample> AlphaVantage()
    {
        yield return new("alphavantage.csv", "alphavantage", "1h", StockHours, Lines("timestamp,open,high,low,close,volume\r\n",
            Newest(StockHours), b => $"{In("America/New_York", b):yyyy-MM-dd HH:mm:ss},{b.Open},{b.High},{b.Low},{b.Close}"
                + $",{b.Volume}", "\r\n"));
        yield return new("alphavantage-adjusted.csv", "alphavantage", "1d", Days, Lines(
            "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\r\n", Newest(Days),
            b => $"{Utc(b):yyyy-MM-dd},{b.Open},{b.High},{b.Low},{b.Close},{b.Close / 2},{b.Volume},0.0000,1.0", "\r\n"));
        yield return new("alphavantage.json", "alphavantage", "1h", StockHours, Records(
            "{\n \"Meta Data\": {\n  \"1. Information\": \"Intraday (60min)\",\n"
            + "  \"2. Symbol\": \"ACME\",\n  \"6. Time Zone\": \"US/Eastern\"\n },\n"
            + " \"Time Series (60min)\": {", Newest(StockHours),
            b => $"  \"{In("America/New_York", b):yyyy-MM-dd HH:mm:ss}\": {{ \"1. open\": \"{b.Open}\""
                + $", \"2. high\": \"{b.High}\", \"3. low\": \"{b.Low}\", \"4. close\": \"{b.Close}\", \"5. volume\": \"{b.Volume}\" }}",
            " }\n}"));
        yield return new("alphavantage-adjusted.json", "alphavantage", "1d", Days, Records(
            "{\n \"Meta Data\": { \"2. Symbol\": \"ACME\", \"5. Time Zone\": \"US/Eastern\" },\n \"Time Series (Daily)\": {", Newest(Days),
            b => $"  \"{Utc(b):yyyy-MM-dd}\": {{ \"1. open\": \"{b.Open}\", \"2. high\": \"{b.High}\", \"3. low\": \"{b.Low}\""
                + $", \"4. close\": \"{b.Close}\", \"5. adjusted close\": \"{b.Close / 2}\", \"6. volume\": \"{b.Volume}\""
                + $", \"7. dividend amount\": \"0.0\" }}",
            " }\n}"));
    }

    private static IEnumerable<VendorSample> Polygon()
    {
        yield return new("polygon.csv", "polygon", "1h", StockHours, Lines(
            "ticker,volume,open,close,high,low,window_start,transactions\n", StockHours,
            b => $"ACME,{b.Volume},{b.Open},{b.Close},{b.High},{b.Low},{Unix(b)}000000000,7"));
        yield return new("polygon.json", "polygon", "1h", StockHours, Records(
            $"{{\"ticker\":\"ACME\",\"queryCount\":{StockHours.Count},\"resultsCount\":{StockHours.Count}"
                + $",\"adjusted\":true,\"results\":[",
                StockHours,
            b => $"{{\"v\":{b.Volume},\"vw\":{b.Close},\"o\":{b.Open},\"c\":{b.Close},\"h\":{b.High},\"l\":{b.Low}"
                + $",\"t\":{Unix(b)}000,\"n\":7}}",
            "],\"status\":\"OK\",\"request_id\":\"1\",\"count\":1}"));
    }

    private static IEnumerable<VendorSample> Databento()
    {
        static long Nano(double price) => (long)Math.Round((decimal)price * 1_000_000_000m);
        yield return new("databento.csv", "databento", "1h", StockHours, Lines(
            "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume\n", StockHours,
            b => $"{Unix(b)}000000000,34,2,15144,{Nano(b.Open)},{Nano(b.High)},{Nano(b.Low)},{Nano(b.Close)},{b.Volume}"));
        yield return new("databento-text.csv", "databento", "1d", Days, Lines(
            "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n", Days,
            b => $"{Utc(b):yyyy-MM-dd}T00:00:00.000000000Z,35,2,15144,{b.Open:F9},{b.High:F9},{b.Low:F9},{b.Close:F9},{b.Volume},ACME"));
    }

    private static IEnumerable<VendorSample> Charts()
    {
        yield return new("tradingview.csv", "tradingview", "1h", StockHours, Lines("time,open,high,low,close,MA,Volume,Volume MA,MA\n",
            StockHours, b => $"{Unix(b)},{b.Open},{b.High},{b.Low},{b.Close},NaN,{b.Volume},,NaN"));
        yield return new("tradingview-iso.csv", "tradingview", "1h", StockHours, Lines("time,open,high,low,close,Volume\n", StockHours,
            b => $"{In("America/New_York", b):yyyy-MM-ddTHH:mm:ss}-05:00,{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
        yield return new("metatrader4.csv", "metatrader", "1h", CoinHours, Lines("", CoinHours,
            b => $"{Utc(b):yyyy.MM.dd},{Utc(b):HH:mm},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}", "\r\n"));
        yield return new("metatrader5.csv", "metatrader", "1h", CoinHours, Lines(
            "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n", CoinHours,
            b => $"{Utc(b):yyyy.MM.dd}\t{Utc(b):HH:mm:ss}\t{b.Open}\t{b.High}\t{b.Low}\t{b.Close}\t{b.Volume}\t0\t3", "\r\n"));
    }

    private static IEnumerable<VendorSample> Kraken()
    {
        yield return new("kraken.csv", "kraken", "1h", CoinHours, Lines("", CoinHours,
            b => $"{Unix(b)},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume},42"));
        yield return new("kraken.json", "kraken", "1h", [.. CoinHours.SkipLast(1)], Records(
            "{\"error\":[],\"result\":{\"XXBTZUSD\":[", CoinHours,
            b => $"[{Unix(b)},\"{b.Open}\",\"{b.High}\",\"{b.Low}\",\"{b.Close}\",\"{b.Close}\",\"{b.Volume}\",42]",
            $"],\"last\":{Unix(CoinHours[^2])}}}}}"));
        yield return new("bitstamp.json", "bitstamp", "1h", CoinHours, Records("{\"data\": {\"pair\": \"COIN/USD\", \"ohlc\": [", CoinHours,
            b => $"{{\"high\": \"{b.High}\", \"timestamp\": \"{Unix(b)}\", \"volume\": \"{b.Volume}\", \"low\": \"{b.Low}\""
                + $", \"close\": \"{b.Close}\", \"open\": \"{b.Open}\"}}",
            "]}}"));
        var nothing = Unix(CoinHours[^1]) + 3600;
        yield return new("bitstamp.csv", "bitstamp", "1h", CoinHours, Lines(
            "Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),Weighted_Price\n", CoinHours,
            b => $"{Unix(b)},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume},1,{b.Close}") + $"{nothing},NaN,NaN,NaN,NaN,NaN,NaN,NaN\n");
    }

    private static IEnumerable<VendorSample> Coins()
    {
        yield return new("coingecko.json", "coingecko", "1h", [.. CoinHours.Select(b => b with { Volume = 0 })], Records("[", CoinHours,
            b => $"[{Unix(b) + 3600}000,{b.Open},{b.High},{b.Low},{b.Close}]", "]"));
        yield return new("coingecko.csv", "coingecko", "1d",
            [.. CoinDays.Select(b => b with { Open = b.Close, High = b.Close, Low = b.Close })],
            Lines("snapped_at,price,market_cap,total_volume\n", CoinDays,
                b => $"{Utc(b):yyyy-MM-dd HH:mm:ss} UTC,{b.Close},{b.Close * 19},{b.Volume}"));
        yield return new("cryptodatadownload.csv", "cryptodatadownload", "1h", CoinHours, Lines(
            "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume COIN,Volume USDT,tradecount\n",
            Newest(CoinHours),
            b => $"{Unix(b)}{(b.Time < CoinHours[9].Time ? "" : "000")},{Utc(b):yyyy-MM-dd HH:mm:ss},COIN/USDT,{b.Open},{b.High}"
                + $",{b.Low},{b.Close},{b.Volume},1,42"));
        yield return new("cryptodatadownload-old.csv", "cryptodatadownload", "1h", CoinHours, Lines(
            "https://www.CryptoDataDownload.com\nUnix Timestamp,Date,Symbol,Open,High,Low,Close,Volume COIN,Volume USD\n",
                Newest(CoinHours),
            b => $"{Unix(b)},{Utc(b):yyyy-MM-dd hh-tt},COINUSD,{b.Open},{b.High},{b.Low},{b.Close},{b.Volume},1"));
    }

    private static IEnumerable<VendorSample> Dukascopy()
    {
        yield return new("dukascopy.csv", "dukascopy", "1h", CoinHours, Lines("Gmt time,Open,High,Low,Close,Volume\n", CoinHours,
            b => $"{Utc(b):dd.MM.yyyy HH:mm:ss.fff},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
        yield return new("dukascopy-local.csv", "dukascopy", "1h", CoinHours, Lines("Local time,Open,High,Low,Close,Volume\n", CoinHours,
            b => $"{In("Europe/Berlin", b):dd.MM.yyyy HH:mm:ss.fff} GMT+0100,{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
        yield return new("dukascopy-eet.csv", "dukascopy", "1h", CoinHours, Lines("Time (EET),Open,High,Low,Close,Volume \n", CoinHours,
            b => $"{In("EET", b):yyyy.MM.dd HH:mm:ss},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
    }

    private static IEnumerable<VendorSample> European()
    {
        static string Comma(double value) => value.ToString("#,##0.00##", German);
        yield return new("european.csv", "european", "1d", Days, Lines("\uFEFFDatum;Eröffnung;Hoch;Tief;Schluss;Volumen\r\n", Days,
            b => $"{Utc(b):dd.MM.yyyy};{Comma(b.Open)};{Comma(b.High)};{Comma(b.Low)};{Comma(b.Close)};"
                + b.Volume.ToString("#,##0", German), "\r\n"));
        yield return new("european-quoted.csv", "european", "1d", Days, Lines(
            "\"Datum\",\"Zuletzt\",\"Eröffn.\",\"Hoch\",\"Tief\",\"Vol.\",\"+/- %\"\n", Newest(Days),
            b => $"\"{Utc(b):dd.MM.yyyy}\",\"{Comma(b.Close)}\",\"{Comma(b.Open)}\",\"{Comma(b.High)}\",\"{Comma(b.Low)}\","
                + $"\"{(b.Volume / 1000).ToString("0.######", German)}K\",\"0,17%\""));
        yield return new("european-english.csv", "european", "1d", [.. Days.Select(b => b with { Volume = 0 })], Lines(
            "Date;Open;High;Low;Close\n", Days,
            b => $"{Utc(b):dd/MM/yyyy};{Comma(b.Open)};{Comma(b.High)};{Comma(b.Low)};{Comma(b.Close)}"));
    }

    private static string OneLetter(Bar b, string time) =>
        $"{{\"t\":{time},\"o\":{b.Open},\"h\":{b.High},\"l\":{b.Low},\"c\":{b.Close},\"v\":{b.Volume},\"n\":7,\"vw\":{b.Close}}}";

    private static string Alpacas(Bar b) => OneLetter(b, $"\"{Utc(b):yyyy-MM-ddTHH:mm:ssZ}\"");

    private static IEnumerable<VendorSample> Alpaca()
    {
        yield return new("alpaca.json", "alpaca", "1h", StockHours, Records("{\"bars\":[", StockHours, Alpacas,
            "],\"symbol\":\"ACME\",\"next_page_token\":null}"));
        yield return new("alpaca-symbols.json", "alpaca", "1h", StockHours,
            Records("{\"bars\":{\"COIN\":[", CoinHours.Take(20), Alpacas, "],")
            + Records("\"ACME\":[", StockHours, Alpacas, "]},\"next_page_token\":null}"))
        { Symbol = "ACME" };
        yield return new("polygon-short.json", "polygon", "1h", StockHours, Records("{\"ticker\":\"ACME\",\"results\":[", StockHours,
            b => OneLetter(b, $"{Unix(b)}000"), "]}"));
        yield return new("freqtrade.json", "json", "1h", CoinHours,
            "[" + string.Join(",", CoinHours.Select(b => $"[{Unix(b)}000,{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}]")) + "]");
    }

    private static IEnumerable<VendorSample> Platforms()
    {
        yield return new("barchart.csv", "generic", "1d", Days, Lines("Time,Open,High,Low,Latest,Change,%Change,Volume\n", Newest(Days),
            b => $"{Utc(b):MM/dd/yyyy},{b.Open},{b.High},{b.Low},{b.Close},-0.25,-0.13%,{b.Volume}")
            + "\"Downloaded from Barchart.com as of 04-01-2024 04:32pm CDT\"\n");
        yield return new("quantower.csv", "generic", "1h", CoinHours, Lines(
            "Time left;Time right;Open;High;Low;Close;Volume;\r\n", CoinHours,
            b => $"{Utc(b):yyyy-MM-dd HH:mm:ss.fff};{Utc(b).AddMinutes(60).AddMilliseconds(-1):yyyy-MM-dd HH:mm:ss.fff};{b.Open};{b.High}"
                + $";{b.Low};{b.Close};{b.Volume};", "\r\n"));
        yield return new("metastock.txt", "generic", "1d", Days, Lines("<TICKER>,<DTYYYYMMDD>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n", Days,
            b => $"ACME,{Utc(b):yyyyMMdd},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
        yield return new("metastock-hours.txt", "generic", "1h", StockHours, Lines(
            "<TICKER>,<PER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<O/I>\n", StockHours,
            b => $"ACME,60,{Utc(b):yyyyMMdd},{Utc(b):HHmmss},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume},0"));
        yield return new("metastock-plain.txt", "generic", "1d", Days, Lines("", Days,
            b => $"ACME,{Utc(b):yyyyMMdd},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
        yield return new("utf16.csv", "metatrader", "1h", CoinHours, Lines(
            "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n", CoinHours,
            b => $"{Utc(b):yyyy.MM.dd}\t{Utc(b):HH:mm:ss}\t{b.Open}\t{b.High}\t{b.Low}\t{b.Close}\t{b.Volume}\t0\t3", "\r\n"))
        { Encoding = Encoding.Unicode };
    }

    private static IEnumerable<VendorSample> Spreadsheets()
    {
        static double Serial(Bar b) => (Utc(b) - new DateTime(1899, 12, 30)).TotalDays;
        // As an index: prices above a thousand.
        List<Bar> index = [.. Days.Select(b => b with { Open = Hundred(b.Open), High = Hundred(b.High), Low = Hundred(b.Low),
            Close = Hundred(b.Close) })];
        yield return new("comments.csv", "generic", "1h", CoinHours, Lines(
            "# COIN, hourly, from a file of our own\n#\n// remark, with a comma\n"
            + "one more line\n\ntimestamp,open,high,low,close,volume\n", CoinHours,
            b => $"{Utc(b):yyyy-MM-dd HH:mm:ss},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
        yield return new("excel-days.csv", "generic", "1d", Days, Lines("Day,Open,High,Low,Close,Volume\n",
            Days, b => $"{Serial(b):F0},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}"));
        yield return new("excel-hours.csv", "generic", "1h", StockHours, Lines("Date time;Open;High;Low;Close;Volume\r\n", StockHours,
            b => $"{Serial(b):0.####};{b.Open};{b.High};{b.Low};{b.Close};{b.Volume}", "\r\n"));
        yield return new("nasdaq.csv", "generic", "1d", Days, Lines("Date,Close/Last,Volume,Open,High,Low\n", Newest(Days),
            b => $"{Utc(b):MM/dd/yyyy},${b.Close},{b.Volume},${b.Open},${b.High},${b.Low}"));
        yield return new("thousands.csv", "generic", "1d", index, Lines(
            "\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n", Newest(index),
            b => $"\"{Utc(b):MM/dd/yyyy}\",\"{b.Close:#,##0.00}\",\"{b.Open:#,##0.00}\",\"{b.High:#,##0.00}\",\"{b.Low:#,##0.00}\","
                + $"\"{b.Volume / 1_000_000:0.######}M\",\"0.17%\""));
        yield return new("closes.csv", "generic", "1d",
            [.. Days.Select(b => b with { Open = b.Close, High = b.Close, Low = b.Close, Volume = 0 })],
            Lines("observation_date,ACME\n2024-01-01,.\n", Days, b => $"{Utc(b):yyyy-MM-dd},{b.Close}"));
    }

    private static double Hundred(double price) => (double)((decimal)price * 100m);

    private static IEnumerable<VendorSample> SeveralSymbols()
    {
        // The other market's prices are half as high, and it has no bar on each fifth day.
        var days = Days.Take(40).ToList();
        yield return new("symbols.csv", "generic", "1d", days, "date,symbol,open,high,low,close,volume\n"
            + string.Concat(days.Select((b, i) =>
            $"{Utc(b):yyyy-MM-dd},ACME,{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}\n" + (i % 5 == 4 ? ""
                : $"{Utc(b):yyyy-MM-dd},HALF,{b.Open / 2},{b.High / 2},{b.Low / 2},{b.Close / 2},{b.Volume}\n"))))
        { Symbol = "ACME" };
        yield return new("yfinance-tickers.csv", "yfinance", "1d", Days, "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume\n"
            + "Ticker,ACME,HALF,ACME,HALF,ACME,HALF,ACME,HALF,ACME,HALF\nDate,,,,,,,,,,\n" + string.Concat(Days.Select((b, i) =>
            {
                string Two(double value) => i % 5 == 4 ? $"{value}," : $"{value},{value / 2}";
                return $"{Utc(b):yyyy-MM-dd},{Two(b.Close)},{Two(b.High)},{Two(b.Low)},{Two(b.Open)},{Two(b.Volume)}\n";
            })))
        { Symbol = "ACME" };
    }
}
