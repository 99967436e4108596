using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;

namespace Dashboard.Components.Shared;

/// <summary>
/// How pages ask: a person waits, so it takes seconds and no more; a database that is away is one exception with a sentence, not five of a driver's; and what
/// was refused says so.
/// </summary>
public sealed class Patience(StoreState store, TimeProvider time)
{
    /// <summary>A plan looks at servers and files before it answers, and does so once more before it begins.</summary>
    public static readonly TimeSpan ForPlans = TimeSpan.FromSeconds(60);

    /// <summary>A page shows what it can by then.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(4);

    /// <exception cref="UnavailableException">It is not known what came of it.</exception>
    /// <exception cref="NotDoneException">Nothing was done.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken, TimeSpan? longest = null)
    {
        var span = longest ?? Usual;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var limit = new CancellationTokenSource(span, time);
        await using var link = limit.Token.Register(patience.Cancel);
        try
        {
            var answer = await ask(patience.Token);
            store.Answered();
            return answer;
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var slow = new TimeoutException($"no answer within {Formats.Duration(span)}", exception);
            store.Failed(slow);
            throw new UnavailableException("The dashboard's database does not answer.", slow);
        }
        catch (Exception exception) when (exception is AccessRefusedException or AuditException)
        {
            throw new NotDoneException(exception.Message, exception);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            store.Failed(exception);
            throw new UnavailableException("The dashboard's database does not answer.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The backup folder cannot be read: {exception.Message}", exception);
        }
    }
}
