using System.Net.Http.Headers;

namespace Granary.Exchanges.Connections;

/// <summary>One request to an exchange's REST interface.</summary>
/// <param name="Path">With a leading slash and, behind a question mark, the query.</param>
/// <param name="Body">Null for none.</param>
/// <param name="Weight">Of the exchange's rate limit.</param>
/// <param name="IsSigned">Whether it needs the API key.</param>
internal sealed record RestRequest(HttpMethod Method, string Path, string? Body = null, int Weight = 1, bool IsSigned = true)
{
    /// <summary>Where another host than the market's own serves it; null for the market's.</summary>
    public Uri? Host { get; init; }

    /// <summary>Of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The exchange must refuse the request after this time; null for its own limit.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether it trades or sets something, which a dry run must not.</summary>
    public bool ChangesAccount { get; init; } = Method != HttpMethod.Get;

    /// <summary>Further headers, as the time at which an order expires.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>The answer of an exchange.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Valid until the answer is disposed of by the garbage collector; not shared.</param>
internal sealed record RestAnswer(int Status, ReadOnlyMemory<byte> Body, HttpResponseHeaders Headers)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The value of a header; null where it is missing.</summary>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
