using System.Runtime.CompilerServices;

namespace Granary.Exchanges.Tests.Server;

/// <summary>When a local exchange server closes each websocket.</summary>
internal enum SocketEnd
{
    /// <summary>It stays open.</summary>
    Never,

    /// <summary>As soon as it is open, before any message.</summary>
    AtOnce,

    /// <summary>When the client's first request is answered.</summary>
    Answered,

    /// <summary>It stays open, and each answer is followed by a text that is no message of the exchange.</summary>
    Unreadable,
}

/// <summary>What goes wrong at a local exchange server, drawn from a seed.</summary>
internal class ServerFaults
{
    private readonly Lock _lock = new();
    private Random _random = new(1);

    public int Seed { set { lock (_lock) _random = new Random(value); } }
    /// <summary>Share of the requests for orders whose connection breaks before they are read.</summary>
    public double DropBefore { get; set; }
    /// <summary>Share of the requests for orders that are carried out without an answer.</summary>
    public double DropAfter { get; set; }
    /// <summary>Share of the requests for orders that are carried out and answered with status 502.</summary>
    public double ErrorAfter { get; set; }
    /// <summary>Share of all other requests that are answered with status 503.</summary>
    public double Errors { get; set; }
    /// <summary>Share of the requests that take up to 20 ms longer.</summary>
    public double Delays { get; set; }
    /// <summary>Share of the websocket messages that come twice.</summary>
    public double Duplicates { get; set; }
    /// <summary>Share of the websocket messages that come after the next one.</summary>
    public double Reorders { get; set; }
    /// <summary>Share of the websocket messages after which the connection breaks.</summary>
    public double Disconnects { get; set; }
    /// <summary>How each websocket ends.</summary>
    public SocketEnd Sockets { get; set; }
    /// <summary>Every request is answered with status 503.</summary>
    public bool IsInMaintenance { get; set; }
    /// <summary>Server time less this machine's.</summary>
    public TimeSpan Skew { get; set; }

    /// <param name="share">The probability.</param>
    /// <param name="name">Of the fault, which the compiler fills in.</param>
    public virtual bool Draw(double share, [CallerArgumentExpression(nameof(share))] string name = "")
    {
        if (share <= 0) return false;
        lock (_lock) return _random.NextDouble() < share;
    }

    public int Next(int below)
    {
        lock (_lock) return _random.Next(below);
    }
}
