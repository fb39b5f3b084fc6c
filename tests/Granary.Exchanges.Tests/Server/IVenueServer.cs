namespace Granary.Exchanges.Tests.Server;

/// <summary>What a dialect needs of the server that speaks it.</summary>
internal interface IVenueServer
{
    ServerFaults Faults { get; }

    /// <summary>The address of the websockets, with a slash at the end.</summary>
    string Sockets { get; }

    TimeProvider Clock { get; }

    /// <summary>Sends a message to the clients that asked for its topic.</summary>
    void Publish(string topic, string message, bool isPrivate);
}
