using System.Net;
using Granary.Exchanges.Tests.Server;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Venue;

/// <summary>A venue in the words of an exchange, without a network.</summary>
internal sealed class SimulatedVenue : IVenueServer
{
    private readonly World _world;
    private readonly Draws _draws;
    private readonly List<VenueSocket> _sockets = [];

    public SimulatedVenue(World world, VenueDialect dialect)
    {
        (_world, Dialect, _draws) = (world, dialect, world.Draws.Fork("venue"));
        Drawn = new WorldFaults(world);
        dialect.ServeBy(this);
    }

    public VenueDialect Dialect { get; }

    public SimulatedMarket Market => Dialect.Market;

    public WorldFaults Drawn { get; }

    public ServerFaults Faults => Drawn;

    public string Sockets => "ws://venue.invalid/";

    public TimeProvider Clock => _world.Outside.Clock;

    /// <summary>Called with the id of each order that arrives, before the venue looks at it.</summary>
    public Action<ApiCall>? Arrives { get; set; }

    /// <summary>How long a message is on its way.</summary>
    public TimeSpan Way() => _draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(80));

    /// <summary>How long a message that the network holds up is on its way: longer than clients wait, and than requests may live.</summary>
    public TimeSpan LongWay() => _draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));

    /// <summary>Handles a request that has arrived.</summary>
    /// <exception cref="HttpRequestException">The connection breaks.</exception>
    public ApiReply Handle(ApiCall call)
    {
        var isOrder = Dialect.IsOrder(call);
        if (Drawn.IsInMaintenance || !isOrder && Drawn.Draw(Drawn.Errors)) return new ApiReply(503, "");
        if (Drawn.Draw(Drawn.TooMany)) return new ApiReply(429, "{}");
        if (isOrder && Drawn.Draw(Drawn.DropBefore)) throw new HttpRequestException("the connection was reset");
        if (isOrder) Arrives?.Invoke(call);
        var reply = Dialect.Handle(call);
        if (isOrder && Drawn.Draw(Drawn.DropAfter)) throw new HttpRequestException("the connection was reset");
        return isOrder && Drawn.Draw(Drawn.ErrorAfter) ? new ApiReply((int)HttpStatusCode.BadGateway, "<html>Bad Gateway</html>") : reply;
    }

    public void Publish(string topic, string message, bool isPrivate)
    {
        foreach (var socket in _sockets.Where(s => (s.Server.IsPrivate || !isPrivate) && s.Server.Follows(topic)).ToList())
            _ = socket.Server.SendAsync(message, isPrivate ? Drawn : null);
    }

    /// <summary>A client has connected.</summary>
    public void Accept(VenueSocket socket, Uri address)
    {
        _sockets.Add(socket);
        _ = Dialect.WelcomeAsync(socket.Server, address.AbsolutePath, address.Query.TrimStart('?'));
    }

    public void Remove(VenueSocket socket) => _sockets.Remove(socket);

    /// <summary>Breaks all connections.</summary>
    public void DropSockets()
    {
        foreach (var socket in _sockets.ToList()) socket.Server.Abort();
    }
}
