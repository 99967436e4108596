namespace Dashboard.StatusPage;

/// <summary>What stands around a page.</summary>
/// <param name="HasForm">Visitors may ask for mails.</param>
/// <param name="IsCopy">It lies as a file somewhere and does not change while it is read.</param>
public sealed record StatusFrame(StatusLinks Links, bool HasForm = false, bool IsCopy = false)
{
    public static readonly StatusFrame Plain = new(StatusLinks.Served);
}
