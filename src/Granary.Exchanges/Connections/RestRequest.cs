using System.Net.Http.Headers;

namespace Granary.Exchanges.Connections;

/// <summary>One request to an exchange's REST API.</summary>
/// <param name="Path">The path with a leading slash, and the query after a question mark.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Weight">The weight for the exchange's rate limit.</param>
/// <param name="IsSigned">Whether it needs the API key.</param>
internal sealed record RestRequest(HttpMethod Method, string Path, string? Body = null, int Weight = 1, bool IsSigned = true)
{
    /// <summary>Host that serves the request, if it is not the market's own; null for the market's.</summary>
    public Uri? Host { get; init; }

    /// <summary>Content type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The exchange must reject the request after this time; null for its own limit.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether the request trades or changes settings, which a dry run must not do.</summary>
    public bool ChangesAccount { get; init; } = Method != HttpMethod.Get;

    /// <summary>Additional headers, such as the expiry time of an order.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>The response of an exchange.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Valid until the answer is disposed of by the garbage collector; not shared.</param>
internal sealed record RestAnswer(int Status, ReadOnlyMemory<byte> Body, HttpResponseHeaders Headers)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Returns the value of a header; null if it is missing.</summary>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
