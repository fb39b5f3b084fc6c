using System.Globalization;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Import;

/// <summary>What is guessed from a bar file, and what is asked because two answers are possible.</summary>
public sealed class BarFileGuessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-guess-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Bars(string name, params string[] times) => Write(name,
        "time,open,high,low,close,volume\n" + string.Concat(times.Select(t => $"{t},1.5,2.5,1,2.25,10\n")));

    private static string[] Times(string from, int count, Func<DateTime, int, DateTime> at, string format = "yyyy-MM-ddTHH:mm:ssZ")
    {
        var start = DateTime.Parse(from, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        return [.. Enumerable.Range(0, count).Select(i => at(start, i).ToString(format, CultureInfo.InvariantCulture))];
    }

    private static BarFileGuess Of(string path, BarFileOptions? options = null) =>
        BarFileGuess.Of(path, null, null, options ?? new BarFileOptions());

    [Theory]
    [InlineData("BTCUSDT-1m-2024-01.csv", "BTCUSDT")]
    [InlineData("BTC_USDT-1h.json", "BTC_USDT")]
    [InlineData("BTC-USD.csv", "BTC-USD")]
    [InlineData("BRK.B", "BRK")]
    [InlineData("^GSPC.csv", "^GSPC")]
    [InlineData("7203.csv", "7203")]
    [InlineData("spy.csv.gz", "spy")]
    [InlineData("2023.csv", null)]
    [InlineData("data.csv", null)]
    [InlineData("Prices.csv", null)]
    [InlineData("orcl-1995-2014.txt", null)]
    [InlineData("Binance_BTCUSDT_1h.csv", null)]
    [InlineData("BTC_USD Bitfinex Historical Data.csv", null)]
    public void A_name_that_is_only_a_symbol_gives_it(string name, string? symbol) =>
        ImportFiles.GuessedSymbolOf(Path.Combine("1999", name)).ShouldBe(symbol);

    [Fact]
    public void A_name_with_other_words_is_asked_for()
    {
        var path = Bars("my-bars.csv", Times("2024-01-01", 5, (t, i) => t.AddHours(i)));
        Should.Throw<BarDataException>(() => Of(path)).Message.ShouldBe($"{path}: its name can be more than a symbol; give the symbol with "
            + "--symbol, such as --symbol ACME, or --symbol-from name to take 'my-bars'");
    }

    [Fact]
    public void The_only_symbol_of_a_column_counts_more_than_the_name()
    {
        var path = Write("bars.csv", "date,symbol,open,high,low,close\n2024-01-01,ACME,1.5,2.5,1,2\n2024-01-02,ACME,1.5,2.5,1,2\n"
            + "2024-01-03,ACME,1.5,2.5,1,2\n");
        var guess = Of(path);
        guess.Symbols.ShouldBe(["ACME"]);
        guess.Guesses[0].ShouldBe("symbol ACME, by the file's column of symbols");
    }

    [Theory]
    [InlineData("1m")]
    [InlineData("1h")]
    [InlineData("1d")]
    [InlineData("1w")]
    [InlineData("1mo")]
    public void The_steps_between_rows_give_the_timeframe(string timeframe)
    {
        Func<DateTime, int, DateTime> at = timeframe switch
        {
            "1m" => (t, i) => t.AddMinutes(i + i / 40 * 60),
            "1h" => (t, i) => t.AddHours(i % 7 + 24 * (i / 7)),
            "1d" => (t, i) => t.AddDays(i % 5 + 7 * (i / 5)),
            "1w" => (t, i) => t.AddDays(7 * i),
            _ => (t, i) => t.AddMonths(i),
        };
        Of(Bars("ACME.csv", Times("2024-01-01", 60, at))).Timeframe.ToString().ShouldBe(timeframe);
    }

    [Fact]
    public void Daily_bars_with_many_missing_days_are_daily() =>
        Of(Bars("ACME.csv", Times("2024-01-01", 40, (t, i) => t.AddDays(2 * i + i % 3), "yyyy-MM-dd"))).Timeframe.ShouldBe(Timeframe.D1);

    [Fact]
    public void Bars_of_two_lengths_and_of_a_length_that_no_timeframe_has_are_asked_for()
    {
        foreach (var times in (string[][])[Times("2024-01-01", 40, (t, i) => t.AddMinutes(i / 2 * 60 + i % 2 * 20)),
            Times("2024-01-01", 40, (t, i) => t.AddMinutes(7 * i))])
            Should.Throw<BarDataException>(() => Of(Bars("ACME.csv", times))).Message
                .ShouldEndWith("are those of several timeframes or of none; name it with --timeframe, such as --timeframe 1d");
        Should.Throw<BarDataException>(() => Of(Bars("ACME.csv", "2024-01-01"))).Message
            .ShouldEndWith("a single row shows no timeframe; name it with --timeframe, such as --timeframe 1d");
    }

    [Theory]
    [InlineData("yyyy-MM-dd HH:mm", null, "time zone UTC, by default, because the file names none")]
    [InlineData("yyyy-MM-ddTHH:mm:ssZ", null, null)]
    [InlineData("yyyy-MM-dd HH:mm", "America/New_York", null)]
    public void A_zone_is_only_a_guess_where_neither_file_nor_user_names_one(string format, string? zone, string? guess)
    {
        var path = Bars("ACME.csv", Times("2024-01-01", 20, (t, i) => t.AddHours(i), format));
        Of(path, new BarFileOptions { TimeZone = zone }).Guesses.SingleOrDefault(g => g.StartsWith("time zone", StringComparison.Ordinal))
            .ShouldBe(guess);
    }

    [Fact]
    public void Decimal_commas_are_a_guess_that_is_named()
    {
        var path = Write("ACME.csv", "Datum;Eröffnung;Hoch;Tief;Schluss\n02.01.2024;1,50;2,50;1,00;2,25\n03.01.2024;1,50;2,50;1,00;2,25\n"
            + "04.01.2024;1,50;2,50;1,00;2,25\n");
        var guess = Of(path);
        guess.Guesses.ShouldContain("decimals after a comma, by the prices");
        guess.Overrides[guess.Guesses.ToList().IndexOf("decimals after a comma, by the prices")]
            .ShouldBe("--format generic reads commas as thousands");
    }

    [Fact]
    public void What_the_user_gives_is_no_guess()
    {
        var path = Bars("bars.csv", Times("2024-01-01", 5, (t, i) => t.AddHours(i)));
        var guess = BarFileGuess.Of(path, "ACME", Timeframe.M30, new BarFileOptions { Format = "generic" });
        (guess.Symbols.Single(), guess.Timeframe, guess.Guesses.Count).ShouldBe(("ACME", Timeframe.M30, 0));
    }
}
