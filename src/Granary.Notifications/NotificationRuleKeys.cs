using Granary.Engine.Catalogues;

namespace Granary.Notifications;

/// <summary>The keys of a rule in the file of notifications.</summary>
internal sealed record NotificationRuleKeys
{
    [Key("the event", Words = "drawdown rejected-orders feed-lag session-lost drift job-done job-failed parity fill "
        + "signal-refused order-rejected stop model-drift session-started session-ended price-above price-below", Without = "needed")]
    public required string On { get; init; }

    [Key("threshold of `drawdown` and `drift`", Without = "10, of `drift` 2")]
    public double? Percent { get; init; }

    [Key("threshold of `rejected-orders`", Without = "1")]
    public double? Count { get; init; }

    [Key("threshold of `feed-lag`", Without = "300")]
    public double? Seconds { get; init; }

    [Key("threshold of `price-above` and `price-below`", Without = "needed")]
    public double? Price { get; init; }

    [Key("the symbol of `price-above` and `price-below`", Without = "needed")]
    public string? Symbol { get; init; }

    [Key("the account", Without = "all")]
    public string? Account { get; init; }

    [Key("collect its notifications for this long, such as `15m`, and send them as one message", Without = "as the channel")]
    public string? Every { get; init; }

    [Key("names of channels", Without = "needed")]
    public required IReadOnlyList<string> To { get; init; }
}
