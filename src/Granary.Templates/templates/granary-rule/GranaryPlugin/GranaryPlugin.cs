using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;

namespace Plugins;

/// <summary>Refuses entries of bars that open in some hours of the day.</summary>
[PortfolioRule("granaryPlugin", "Refuses entries of bars that open from hour 'from' until hour 'until' of the day, UTC.",
    Refusal = "quiet-hours", RefusalSentence = "The bar opened in the hours that limits.quietHours names.")]
public sealed class GranaryPlugin : IPortfolioRule
{
    private readonly int _from, _until;

    // The parameters, their defaults and ranges are what portfolio.limits may set.
    public GranaryPlugin([Range(0, 23)] int from = 22, [Range(1, 24)] int until = 24)
    {
        if (from >= until) throw new ArgumentException("from has to be before until");
        (_from, _until) = (from, until);
    }

    // Called once for each signal; an entry that is not admitted has the decision quiet-hours.
    public bool Admits(in EntryRequest entry, IPortfolioView portfolio)
    {
        var hour = new DateTime(entry.Signal.Time, DateTimeKind.Utc).Hour;
        return hour < _from || hour >= _until;
    }
}
