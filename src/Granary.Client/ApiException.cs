using System.Net;

namespace Granary.Client;

/// <summary>The server refused a request; the message is the problem's sentence.</summary>
public sealed class ApiException : Exception
{
    public ApiException(HttpStatusCode status, string? type, string? title, string detail, TimeSpan? retryAfter) : base(detail) =>
        (Status, Type, Title, RetryAfter) = (status, type, title, retryAfter);

    public HttpStatusCode Status { get; }

    /// <summary>The stable address of the problem's page, as /errors/changed; null where the answer was no problem document.</summary>
    public string? Type { get; }

    public string? Title { get; }

    /// <summary>The fault, its place and its remedy, in one sentence.</summary>
    public string Detail => Message;

    /// <summary>How long the server asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
