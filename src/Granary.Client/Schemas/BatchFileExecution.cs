// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileExecution
{
    public double? CommissionPercent { get; init; }

    public double? CommissionMakerPercent { get; init; }

    public double? CommissionPerUnit { get; init; }

    public double? CommissionPerOrder { get; init; }

    public double? CommissionMinimum { get; init; }

    public IReadOnlyList<BatchFileExecutionCommissionTiersItem>? CommissionTiers { get; init; }

    public long? CommissionTierDays { get; init; }

    public double? SlippagePercent { get; init; }

    public double? SlippageTicks { get; init; }

    public double? SlippageVolumeImpact { get; init; }

    /// <summary>One of next-open, same-close.</summary>
    public string? Fill { get; init; }

    /// <summary>One of stop-first, target-first.</summary>
    public string? Intrabar { get; init; }

    /// <summary>One of entry-bar, next-bar.</summary>
    public string? ProtectFrom { get; init; }

    /// <summary>One of mark, close.</summary>
    public string? AtEnd { get; init; }

    public long? LatencyBars { get; init; }

    public double? VolumePercent { get; init; }

    /// <summary>One of gtc, day, ioc, fok.</summary>
    public string? TimeInForce { get; init; }

    public double? BorrowPercent { get; init; }

    public double? MarginRatePercent { get; init; }

    public double? Leverage { get; init; }

    public double? MaintenancePercent { get; init; }

    public string? IntrabarPath { get; init; }

    public bool? Stress { get; init; }
}
