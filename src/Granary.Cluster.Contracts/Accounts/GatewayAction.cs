namespace Granary.Cluster.Accounts;

/// <summary>What a <see cref="GatewayStep"/> does.</summary>
[GenerateSerializer, Alias("granary.DeskVerb")]
public enum GatewayAction
{
    /// <summary>Write facts with the next append.</summary>
    Note = 0,

    /// <summary>Write facts at once.</summary>
    Append = 1,

    /// <summary>Write waiting facts that are due.</summary>
    FlushIfDue = 2,

    /// <summary>Write all waiting facts.</summary>
    Flush = 3,

    /// <summary>Pass closed bars to a simulated broker.</summary>
    OnEvent = 4,

    /// <summary>Query unknown orders and book executions.</summary>
    Poll = 5,

    /// <summary>Write facts and intents, and send the orders.</summary>
    Send = 6,

    Cancel = 7,
    MoveStop = 8,
    Synchronise = 9,

    /// <summary>The operator has confirmed the differences.</summary>
    Unblock = 10,
}
