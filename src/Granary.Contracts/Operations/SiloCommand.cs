namespace Granary.Contracts.Operations;

/// <summary>An operator's command to a silo.</summary>
public enum SiloCommand
{
    /// <summary>The silo completes its strategy groups and accepts no new ones.</summary>
    Drain,

    /// <summary>The silo accepts work again.</summary>
    Resume,

    /// <summary>The silo drains for at most its drain time-out and hands over its sessions. Its process then ends with exit code
    /// 0.</summary>
    Retire,
}
