using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Funding of perpetual futures that the portfolio paid and received; account currency, both positive.</summary>
/// <param name="Charges">How many times an open trade paid or received funding.</param>
internal sealed record FundingResults(double Paid, double Received, long Charges) : ResultSection("funding")
{
    /// <summary>Received less paid.</summary>
    public double Net => Received - Paid;

    /// <summary>By symbol.</summary>
    public IReadOnlyList<FundingOfSymbol> Symbols { get; init; } = [];

    /// <summary>By the UTC day of the bars in which it was booked; days without funding are left out.</summary>
    public IReadOnlyList<FundingOfDay> Days { get; init; } = [];
}

/// <summary>Funding of the positions in one symbol.</summary>
internal sealed record FundingOfSymbol(string Symbol, double Paid, double Received, long Charges)
{
    /// <inheritdoc cref="FundingResults.Net"/>
    public double Net => Received - Paid;
}

/// <summary>Funding of all positions on one day.</summary>
/// <param name="Day">UTC midnight, in ticks.</param>
internal sealed record FundingOfDay([property: JsonConverter(typeof(TimeOfTicks))] long Day, double Paid, double Received);
