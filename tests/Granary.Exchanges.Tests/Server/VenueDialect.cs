namespace Granary.Exchanges.Tests.Server;

/// <summary>
/// How one exchange speaks: its paths, signatures, error codes, limits and messages. Written from the exchange's documentation alone, and
/// not from the adapter that it tests.
/// </summary>
internal abstract class VenueDialect(MarketTerms terms)
{
    private readonly Queue<DateTimeOffset> _requests = new();

    public const string Key = "key-of-the-test", Secret = "secret-of-the-test-0123456789", Passphrase = "passphrase of the test";

    public virtual SimulatedMarket Market { get; } = new(terms);
    public IVenueServer Server { get; private set; } = null!;
    /// <summary>Permissions of the key, in the exchange's words.</summary>
    public string Permissions { get; set; } = "";
    /// <summary>Requests a second; 0 for no limit.</summary>
    public int RequestsPerSecond { get; set; }
    /// <summary>Requests that were refused because there were too many in a second.</summary>
    public int Excess { get; private set; }
    /// <summary>Requests that were refused because of their time, signature or number.</summary>
    public List<string> Refusals { get; } = [];

    protected long Now => (Time + Server.Faults.Skew).ToUnixTimeMilliseconds();

    /// <summary>When something happens, UTC.</summary>
    protected DateTimeOffset Time => Server.Clock.GetUtcNow();

    /// <summary>Connects the market with the server that speaks the dialect.</summary>
    public void ServeBy(IVenueServer server)
    {
        Server = server;
        Market.Clock = server.Clock;
        Market.OrderChanged = OnOrder;
        Market.Filled = OnFill;
        Market.PriceChanged = OnPrice;
    }

    /// <summary>The exchange's symbol of an instrument.</summary>
    /// <param name="coin">Its base currency.</param>
    protected abstract string NameOf(string coin);

    /// <summary>The base currency of the instrument that the exchange means.</summary>
    protected string CoinOf(string? listed) => terms.Coins.FirstOrDefault(c => NameOf(c) == listed)
        ?? throw new SimulatedRefusal(Refusal.Invalid, $"Invalid symbol. symbol not exists: CONTRACT_NOT_FOUND {listed}");

    /// <summary>Whether a request places an order.</summary>
    public abstract bool IsOrder(ApiCall call);
    public abstract ApiReply Handle(ApiCall call);
    public abstract void OnOrder(SimulatedOrder order, string what);
    public abstract void OnFill(SimulatedFill fill);
    public abstract void OnPrice(decimal price);
    /// <param name="query">Without the question mark.</param>
    public virtual Task WelcomeAsync(ServerSocket socket, string path, string query) => Task.CompletedTask;
    public abstract Task ReceiveAsync(ServerSocket socket, string message);

    /// <summary>Whether this second's requests are used up.</summary>
    protected bool IsTooMany()
    {
        if (RequestsPerSecond == 0) return false;
        lock (_requests)
        {
            var now = Time;
            while (_requests.TryPeek(out var first) && now - first >= TimeSpan.FromSeconds(1)) _requests.Dequeue();
            if (_requests.Count >= RequestsPerSecond)
            {
                Excess++;
                return true;
            }
            _requests.Enqueue(now);
            return false;
        }
    }

    protected static string Text(decimal value) => value.ToString("0.############", System.Globalization.CultureInfo.InvariantCulture);
}
