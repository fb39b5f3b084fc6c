using Granary.Engine.Market;

namespace Granary.Data.Synthetic;

/// <summary>The parameters of a synthetic market: instrument, time range and volatility.</summary>
internal sealed record SyntheticMarket
{
    public required Instrument Instrument { get; init; }

    /// <summary>The earliest open of a bar, UTC ticks.</summary>
    public required long From { get; init; }

    /// <summary>The end of the range, UTC ticks; no bar opens at or after it.</summary>
    public required long To { get; init; }

    public ulong Seed { get; init; } = 1;

    public double StartPrice { get; init; } = 100;

    /// <summary>The number of decimals of a price; the price step is <see cref="TickUnits"/> of the last decimal.</summary>
    public int Decimals { get; init; } = 2;

    public int TickUnits { get; init; } = 1;

    /// <summary>Annual volatility of returns, as a fraction.</summary>
    public double Volatility { get; init; } = 0.3;

    /// <summary>Mean annual growth, as a fraction, to which the trends are added.</summary>
    public double Growth { get; init; } = 0.05;

    /// <summary>Mean daily volume, in base units.</summary>
    public double DailyVolume { get; init; } = 2_000_000;

    /// <summary>Volumes are multiples of this.</summary>
    public double VolumeStep { get; init; } = 1;

    /// <summary>Creates a stock with New York hours, including daylight saving and the fixed holidays, and prices in cents.</summary>
    public static SyntheticMarket Stock(string symbol, long from, long to, ulong seed = 1, double price = 100, double volatility = 0.3) =>
        new()
        {
            Instrument = new Instrument
            {
                Symbol = symbol,
                Venue = "SIM",
                Currency = "USD",
                TickSize = 0.01,
                Calendar = NewYorkCalendar(from, to)
            },
            From = from,
            To = to,
            Seed = seed,
            StartPrice = price,
            Volatility = volatility,
        };

    /// <summary>Creates a crypto pair that trades around the clock in fractional quantities.</summary>
    public static SyntheticMarket Crypto(string symbol, long from, long to, ulong seed = 1, double price = 20_000,
        double volatility = 0.7) => new()
        {
            Instrument = new Instrument { Symbol = symbol, Venue = "SIM", Currency = "USD", Calendar = SessionCalendar.Continuous },
            From = from,
            To = to,
            Seed = seed,
            StartPrice = price,
            Volatility = volatility,
            Growth = 0.15,
            DailyVolume = 30_000_000 / price,
            VolumeStep = 0.001,
        };

    /// <summary>Returns New York's hours, without New Year, Independence Day, Thanksgiving and Christmas.</summary>
    public static SessionCalendar NewYorkCalendar(long from, long to)
    {
        var holidays = new List<DateOnly>();
        for (var year = new DateTime(from).Year; year <= new DateTime(to).Year; year++)
        {
            foreach (var (month, day) in new[] { (1, 1), (7, 4), (12, 25) })
            {
                var date = new DateOnly(year, month, day);
                holidays.Add(date.DayOfWeek switch
                {
                    DayOfWeek.Saturday => date.AddDays(-1),
                    DayOfWeek.Sunday => date.AddDays(1),
                    _ =>
                    date
                });
            }
            var thanksgiving = new DateOnly(year, 11, 1);
            while (thanksgiving.DayOfWeek != DayOfWeek.Thursday) thanksgiving = thanksgiving.AddDays(1);
            holidays.Add(thanksgiving.AddDays(21));
        }
        return SessionCalendar.Daily("XNYS", "America/New_York", new TimeSpan(9, 30, 0), new TimeSpan(16, 0, 0), holidays);
    }
}
