namespace Granary.Contracts.Operations;

/// <summary>An operator's order to a silo.</summary>
public enum SiloOrder
{
    /// <summary>It finishes its strategy groups and takes no new ones.</summary>
    Drain,

    /// <summary>It takes work again.</summary>
    Resume,

    /// <summary>It drains for at most its drain time-out, hands its sessions over, and its process ends with exit code 0.</summary>
    Retire,
}
